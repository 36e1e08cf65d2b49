using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Sessions;

/// <content>What a monitoring station wants to know of a session.</content>
public sealed partial class BgpSession
{
    /// <summary>True while routes are kept that the neighbour has yet to send again.</summary>
    internal bool HasStaleRoutes => Stale is not null;

    /// <summary>What this side says of itself.</summary>
    internal OpenMessage LocalOpen => new()
    {
        As = LocalAs,
        HoldTime = Timers.HoldTime,
        Identifier = _speaker.Configuration.RouterId,
        Capabilities = LocalCapabilities,
        RestartTime = Configuration.RestartTime,
        LongLivedIPv4Time = Configuration.LongLivedStaleTime,
        LongLivedIPv6Time = Configuration.LongLivedStaleTime,
    };

    /// <summary>What is known of what the neighbour has said of itself.</summary>
    internal OpenMessage RemoteOpen => new()
    {
        As = RemoteAs,
        HoldTime = _main.HoldTime,
        Identifier = _main.RemoteIdentifier,
        Capabilities = _main.RemoteCapabilities,
        RestartTime = _main.RemoteRestartTime,
        LongLivedIPv4Time = LongLivedTimeOf(AddressFamily.IPv4),
        LongLivedIPv6Time = LongLivedTimeOf(AddressFamily.IPv6),
    };
}
