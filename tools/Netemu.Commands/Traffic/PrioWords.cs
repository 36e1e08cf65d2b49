using System.Collections.Immutable;
using System.Globalization;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Engine.Devices;
using Netemu.Engine.Queueing;

namespace Netemu.Commands.Traffic;

/// <summary>prio and pfifo_fast (tc/q_prio.c).</summary>
internal sealed class PrioWords(string kind) : QdiscWords
{
    private const int Priorities = 16;

    private bool IsFast => kind == "pfifo_fast";

    public override string Kind => kind;

    protected override string Usage => "Usage: ... prio bands NUMBER priomap P1 P2...[multiqueue]";

    public override CommandResult? Create(IpContext context, NetDevice device, out QueueingDiscipline? made)
    {
        int bands = 3;
        ImmutableArray<byte> map = PriorityDiscipline.DefaultMap;
        CommandResult? error = Read(context, ref bands, ref map);
        made = new PriorityDiscipline(bands, map, System.Math.Max(1, device.TransmitQueueLength), !IsFast);
        return error;
    }

    public override CommandResult? Change(IpContext context, QueueingDiscipline present)
    {
        PriorityDiscipline discipline = (PriorityDiscipline)present;
        int bands = discipline.Bands;
        ImmutableArray<byte> map = discipline.Map;
        if (Read(context, ref bands, ref map) is { } error)
        {
            return error;
        }

        if (bands != discipline.Bands)
        {
            return RtnetlinkError.Answer("Operation not supported\nhint: the number of bands is fixed when prio is made; use 'replace'");
        }

        discipline.Map = map;
        return null;
    }

    public override void Print(IpPrinter printer, QueueingDiscipline discipline)
    {
        PriorityDiscipline prio = (PriorityDiscipline)discipline;
        printer.Any("bands", prio.Bands, $"bands {prio.Bands} ");
        printer.OpenArray("priomap");
        printer.Text("priomap");
        foreach (byte band in prio.Map)
        {
            printer.Text($" {band}");
            printer.Number(band);
        }

        printer.CloseArray();
        printer.Member("multiqueue", false);
    }

    private CommandResult? Read(IpContext context, ref int bands, ref ImmutableArray<byte> map)
    {
        IpArguments arguments = context.Arguments;
        if (IsFast && !arguments.AtEnd)
        {
            return CommandResult.Failure(255, "qdisc 'pfifo_fast' does not support option parsing");
        }

        byte[] given = [.. map];
        int index = -1;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            if (word == "bands" && index < 0)
            {
                string text = arguments.Value();
                if (arguments.Error is null && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bands)))
                {
                    return CommandResult.Failure(1, "Illegal \"bands\"");
                }
            }
            else if (word == "priomap")
            {
                index = index < 0 ? 0 : index;
            }
            else if (index < 0)
            {
                return Wrong($"What is \"{word}\"?");
            }
            else if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int band))
            {
                return CommandResult.Failure(1, "Illegal \"priomap\" element");
            }
            else if (band >= bands)
            {
                return CommandResult.Failure(1, "\"priomap\" element is out of bands");
            }
            else if (index >= Priorities)
            {
                return CommandResult.Failure(1, "\"priomap\" index > TC_PRIO_MAX=15");
            }
            else
            {
                given[index++] = (byte)band;
            }
        }

        // TCQ_MIN_PRIO_BANDS, TCQ_PRIO_BANDS (prio_tune).
        if (bands is < 2 or > Priorities)
        {
            return RtnetlinkError.InvalidArgument;
        }

        map = [.. given];
        return arguments.Error;
    }
}
