using Netemu.Commands.Shell;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>The words of `ip link add type ipip|gre|gretap|sit` (ip/link_iptnl.c, link_gre.c).</summary>
internal sealed class TunnelRequest(string kind) : DeviceRequest
{
    private IPTunnelOptions _options = new();

    public override string Kind { get; } = kind;

    public override void Take(IpContext context)
    {
        string word = context.Arguments.Take();
        if (word == "mode" && Kind is "ipip" or "sit")
        {
            string mode = context.Arguments.Value();
            if (mode is not ("any" or "ipip" or "ip6ip" or "ipv4/ipv4" or "ipv6/ipv4"))
            {
                context.Arguments.Invalid(mode, "Cannot guess tunnel mode.");
            }

            return;
        }

        bool isGreWord = word is "key" or "nokey" or "ikey" or "okey" or "noikey" or "nookey" or "seq" or "noseq" or "iseq" or "noiseq"
            or "oseq" or "nooseq" or "csum" or "nocsum" or "icsum" or "noicsum" or "ocsum" or "noocsum" or "ignore-df" or "noignore-df";
        IPTunnelOptions? changed =
            isGreWord && Kind is "ipip" or "sit" ? null : TunnelWords.Take(_options, word, context.Arguments);
        if (changed is null)
        {
            Unknown(context, word);
            return;
        }

        _options = changed;
    }

    public override NetDevice? Make(NetworkNamespace space, string name, NetDevice? link, out CommandResult? refused)
    {
        NetDevice? device = Make(space, name, Kind, _options, out Errno error);
        refused = Refusal(error);
        return device;
    }

    public override CommandResult? Change(NetDevice device) =>
        device is IPTunnelDevice tunnel && tunnel.Kind == Kind
            ? tunnel.IsFallback ? RtnetlinkError.InvalidArgument : tunnel.TryChange(_options) ? null : RtnetlinkError.FileExists
            : RtnetlinkError.NotSupported;

    /// <summary>Makes a tunnel of a kind, as both `ip link add` and `ip tunnel add` do.</summary>
    public static NetDevice? Make(NetworkNamespace space, string name, string kind, IPTunnelOptions options, out Errno error) => kind switch
    {
        "ipip" => IpipDevice.Create(space, name, options, out error),
        "sit" => SitDevice.Create(space, name, options, out error),
        _ => GreDevice.Create(space, name, options, isTap: kind == "gretap", out error),
    };
}
