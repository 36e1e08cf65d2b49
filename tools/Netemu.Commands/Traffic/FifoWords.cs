using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Engine.Devices;
using Netemu.Engine.Queueing;

namespace Netemu.Commands.Traffic;

/// <summary>pfifo, bfifo, pfifo_head_drop (tc/q_fifo.c).</summary>
internal sealed class FifoWords(string kind, FifoKind fifo) : QdiscWords
{
    public override string Kind => kind;

    protected override string Usage => "Usage: ... <[p|b]fifo | pfifo_head_drop> [ limit NUMBER ]";

    public override CommandResult? Create(IpContext context, NetDevice device, out QueueingDiscipline? made)
    {
        // fifo_init: the device's queue length, for bfifo times what a frame may be long.
        long packets = System.Math.Max(1, device.TransmitQueueLength);
        long limit = fifo == FifoKind.Bytes ? packets * (device.Mtu + 14) : packets;
        CommandResult? error = Read(context, ref limit);
        made = new FifoDiscipline(fifo, limit);
        return error;
    }

    public override CommandResult? Change(IpContext context, QueueingDiscipline present)
    {
        FifoDiscipline discipline = (FifoDiscipline)present;
        long limit = discipline.Limit;
        if (Read(context, ref limit) is { } error)
        {
            return error;
        }

        discipline.Limit = limit;
        return null;
    }

    public override void Print(IpPrinter printer, QueueingDiscipline discipline)
    {
        long limit = ((FifoDiscipline)discipline).Limit;
        printer.Any("limit", limit, fifo == FifoKind.Bytes ? $"limit {TcUnits.Size(limit)}" : $"limit {limit}p");
    }

    private CommandResult? Read(IpContext context, ref long limit)
    {
        IpArguments arguments = context.Arguments;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            if (word != "limit")
            {
                return Wrong($"{kind}: unknown parameter \"{word}\"");
            }

            string text = arguments.Value();
            if (arguments.Error is null && !TcUnits.TryParseSize(text, out limit))
            {
                return CommandResult.Failure(1, $"{kind}: Illegal value for \"limit\": \"{text}\"");
            }
        }

        return arguments.Error;
    }
}
