using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Sockets;

using Netemu.Topologies.Expectations;
namespace Netemu.Topologies.Running.Probes;

/// <summary>One answer to a probe: a reply, or an ICMP error.</summary>
internal readonly record struct ProbeAnswer(bool IsReply, InternetAddress From, int Size, Duration Time, IcmpError Error)
{
    /// <summary>As a report shows it.</summary>
    public ObservedMapping ToObserved(byte ttl)
    {
        ObservedMapping seen = new();
        if (IsReply)
        {
            seen.With("outcome", "reply").With("from", From);
            if (ttl > 0)
            {
                seen.With("ttl", ttl);
            }

            return seen.With("size", Size).With("time", Time);
        }

        seen.With("outcome", "icmp").With("type", Error.Type).With("code", Error.Code)
            .With("icmp", IcmpNames.Of(Error.Type, Error.Code, Error.From.IsIPv6)).With("from", Error.From);
        bool tooBig = Error.From.IsIPv6
            ? Error.Type == (byte)Icmpv6Type.PacketTooBig
            : Error.Type == (byte)IcmpType.DestinationUnreachable && Error.Code == IcmpCode.FragmentationNeeded;
        if (tooBig)
        {
            seen.With("mtu", Error.From.IsIPv6 ? Error.Information : Error.Information & 0xFFFF);
        }

        if (Error.From.IsIPv4 && Error.Type == (byte)IcmpType.Redirect)
        {
            seen.With("gateway", (InternetAddress)new IPv4Address(Error.Information));
        }

        return seen;
    }
}
