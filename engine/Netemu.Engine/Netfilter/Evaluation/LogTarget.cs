using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>LOG and NFLOG: a line for whoever listens to the namespace's packet log.</summary>
internal sealed class LogTarget(PacketFilter filter, string prefix, int group) : CompiledTarget
{
    public override TargetResult Execute(ref PacketView view)
    {
        if (filter.Log is not null)
        {
            view.Read();
            filter.Log(new PacketLogEntry(view.Space.Node.Now, view.Space, group, Describe(ref view)));
        }

        return TargetResult.Continue;
    }

    /// <summary>The fields of nf_log_ip_packet that tell packets apart.</summary>
    private string Describe(ref PacketView view)
    {
        StringBuilder text = new(prefix);
        text.Append($"IN={view.Input?.Name} OUT={view.Output?.Name} SRC={view.Source} DST={view.Destination} ");
        text.Append($"LEN={view.Frame.Length - PacketView.NetworkOffset} ");
        text.Append(view.Family == AddressFamily.IPv4 ? $"TTL={view.Ttl} " : $"HOPLIMIT={view.Ttl} ");
        text.Append($"PROTO={view.Protocol switch
        {
            IPProtocol.Tcp => "TCP",
            IPProtocol.Udp => "UDP",
            IPProtocol.Icmp => "ICMP",
            IPProtocol.Icmpv6 => "ICMPv6",
            IPProtocol other => $"{(byte)other}",
        }} ");
        if (view.HasTransport)
        {
            text.Append(view.Protocol is IPProtocol.Icmp or IPProtocol.Icmpv6
                ? $"TYPE={view.IcmpType} CODE={view.IcmpCode} "
                : $"SPT={view.SourcePort} DPT={view.DestinationPort} ");
        }

        if (view.Frame.Mark != 0)
        {
            text.Append($"MARK=0x{view.Frame.Mark:x} ");
        }

        return text.ToString();
    }
}
