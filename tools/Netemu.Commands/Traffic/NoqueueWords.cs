using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Engine.Devices;
using Netemu.Engine.Queueing;

namespace Netemu.Commands.Traffic;

/// <summary>noqueue: no queue at all. Here it takes any other discipline away; what a link's end keeps is its card's own queue.</summary>
internal sealed class NoqueueWords : QdiscWords
{
    public override string Kind => "noqueue";

    protected override string Usage => "Usage: ... noqueue";

    public override CommandResult? Create(IpContext context, NetDevice device, out QueueingDiscipline? made)
    {
        made = null;
        return Read(context);
    }

    public override CommandResult? Change(IpContext context, QueueingDiscipline present) => Read(context);

    public override void Print(IpPrinter printer, QueueingDiscipline discipline)
    {
    }

    private static CommandResult? Read(IpContext context) => context.Arguments.AtEnd
        ? null
        : CommandResult.Failure(255, "qdisc 'noqueue' does not support option parsing");
}
