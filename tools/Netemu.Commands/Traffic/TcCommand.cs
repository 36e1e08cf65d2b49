using Netemu.Commands.Ip;
using Netemu.Commands.Shell;

namespace Netemu.Commands.Traffic;

/// <summary>tc of iproute2: the queueing disciplines of the devices.</summary>
public sealed class TcCommand() : ObjectCommand("tc", "tc utility, iproute2-6.1.0", "tc -help", """
    -V -Version -s -stats -statistics -d -details -j -json -p -pretty -n=NETNS -netns=NETNS -o -oneline -c -color
    tc: qdisc help
    qdisc: add change replace link delete show list help
    qdisc add: dev=DEVICE handle=HANDLE root parent=CLASS pfifo bfifo pfifo_head_drop pfifo_fast prio tbf netem fq_codel noqueue
    qdisc show: dev=DEVICE handle=HANDLE root parent=CLASS
    pfifo: limit=PACKETS
    bfifo: limit=BYTES
    prio: bands=NUMBER priomap=BANDS
    tbf: limit=BYTES latency=TIME burst=BYTES buffer=BYTES maxburst=BYTES mtu=BYTES minburst=BYTES rate=RATE peakrate=RATE
    fq_codel: limit=PACKETS flows=NUMBER target=TIME interval=TIME quantum=BYTES memory_limit=BYTES ecn noecn ce_threshold=TIME drop_batch=NUMBER
    netem: limit=PACKETS latency=TIME delay=TIME loss=PERCENT drop=PERCENT seed=NUMBER ecn reorder=PERCENT corrupt=PERCENT gap=NUMBER duplicate=PERCENT distribution=WORD rate=RATE
    """)
{
    private protected override CommandResult Run(IpContext context, string found, string verb) => verb is "show" or "list"
        ? QdiscText.Show(context)
        : QdiscObject.Modify(context, verb);
}
