using Netemu.Commands.Shell;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Vlans;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>The words of `ip link add type vlan` (ip/iplink_vlan.c).</summary>
internal sealed class VlanRequest : DeviceRequest
{
    private ushort _protocol = EtherType.Vlan;
    private uint? _id;
    private bool _isLoose;

    public override string Kind => "vlan";

    public override void Take(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        string word = arguments.Take();
        switch (word)
        {
            case "id":
                _id = arguments.Number("id is invalid");
                break;
            case "protocol":
                string protocol = arguments.Value();
                _protocol = protocol.ToUpperInvariant() switch
                {
                    "802.1Q" => EtherType.Vlan,
                    "802.1AD" => EtherType.ServiceVlan,
                    _ => 0,
                };
                if (_protocol == 0)
                {
                    arguments.Invalid(protocol, "protocol is invalid");
                }

                break;
            case "loose_binding":
                _isLoose = arguments.OnOff(word);
                break;
            case "reorder_hdr":
                if (!arguments.OnOff(word))
                {
                    arguments.Fail(2, "RTNETLINK answers: Operation not supported\nhint: reorder_hdr is always on here");
                }

                break;
            default:
                Unknown(context, word);
                break;
        }
    }

    public override NetDevice? Make(NetworkNamespace space, string name, NetDevice? link, out CommandResult? refused)
    {
        refused = _id is null ? RtnetlinkError.Extended("8021q: VLAN id not specified.")
            : _id >= 4095 ? RtnetlinkError.Extended("8021q: Invalid VLAN id.")
            : link is null ? RtnetlinkError.Extended("8021q: link not specified.")
            : null;
        if (refused is not null)
        {
            return null;
        }

        VlanDevice? device = VlanDevice.Create(space, name, link!, (int)_id!, out Errno error, _protocol, _isLoose);
        refused = Refusal(error, error == Errno.EEXIST ? "8021q: VLAN device already exists." : "8021q: VLANs not supported on device.");
        return device;
    }
}
