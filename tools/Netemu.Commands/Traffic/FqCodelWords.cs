using System.Globalization;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Queueing;

namespace Netemu.Commands.Traffic;

/// <summary>fq_codel (tc/q_fq_codel.c).</summary>
internal sealed class FqCodelWords : QdiscWords
{
    public override string Kind => "fq_codel";

    protected override string Usage => """
        Usage: ... fq_codel	[ limit PACKETS ] [ flows NUMBER ]
        			[ target TIME ] [ interval TIME ]
        			[ quantum BYTES ] [ [no]ecn ]
        			[ ce_threshold TIME ]
        			[ memory_limit BYTES ]
        			[ drop_batch SIZE ]
        """;

    public override CommandResult? Create(IpContext context, NetDevice device, out QueueingDiscipline? made)
    {
        CommandResult? error = Read(context, new FqCodelOptions(), isNew: true, out FqCodelOptions options);
        made = error is null ? new FqCodelDiscipline(options) : null;
        return error;
    }

    public override CommandResult? Change(IpContext context, QueueingDiscipline present)
    {
        FqCodelDiscipline discipline = (FqCodelDiscipline)present;
        if (Read(context, discipline.Options, isNew: false, out FqCodelOptions options) is { } error)
        {
            return error;
        }

        discipline.Options = options;
        return null;
    }

    public override void Print(IpPrinter printer, QueueingDiscipline discipline)
    {
        FqCodelDiscipline queue = (FqCodelDiscipline)discipline;
        FqCodelOptions options = queue.Options;
        printer.Any("limit", options.Limit, $"limit {options.Limit}p ");
        printer.Any("flows", options.Flows, $"flows {options.Flows} ");
        printer.Any("quantum", queue.Quantum, $"quantum {queue.Quantum} ");
        PrintTime(printer, "target", options.Codel.Target);
        if (options.Codel.CeThreshold is { } threshold)
        {
            PrintTime(printer, "ce_threshold", threshold);
        }

        PrintTime(printer, "interval", options.Codel.Interval);
        printer.Any("memory_limit", options.MemoryLimit, $"memory_limit {TcUnits.Size(options.MemoryLimit)} ");
        if (options.Codel.Ecn)
        {
            printer.Member("ecn", true);
            printer.Text("ecn ");
        }

        printer.Any("drop_batch", options.DropBatch, $"drop_batch {options.DropBatch} ");
    }

    public override void PrintStatistics(IpPrinter printer, QueueingDiscipline discipline)
    {
        FqCodelDiscipline queue = (FqCodelDiscipline)discipline;
        FqCodelStatistics s = queue.CodelStatistics;
        printer.Any("maxpacket", s.MaxPacket, $"  maxpacket {s.MaxPacket}");
        printer.Any("drop_overlimit", s.DropOverlimit, $" drop_overlimit {s.DropOverlimit}");
        printer.Any("new_flow_count", s.NewFlowCount, $" new_flow_count {s.NewFlowCount}");
        printer.Any("ecn_mark", s.EcnMark, $" ecn_mark {s.EcnMark}");
        if (s.CeMark > 0)
        {
            printer.Any("ce_mark", s.CeMark, $" ce_mark {s.CeMark}");
        }

        printer.Text("\n");
        printer.Any("new_flows_len", queue.NewFlows, $"  new_flows_len {queue.NewFlows}");
        printer.Any("old_flows_len", queue.OldFlows, $" old_flows_len {queue.OldFlows}");
        printer.Text("\n");
    }

    private static void PrintTime(IpPrinter printer, string word, Duration time) =>
        printer.Any(word, time.Microseconds, $"{word} {TcUnits.Time(time)} ");

    private CommandResult? Read(IpContext context, FqCodelOptions from, bool isNew, out FqCodelOptions options)
    {
        options = from;
        IpArguments arguments = context.Arguments;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            FqCodelOptions? next = word switch
            {
                "limit" => Number(arguments) is { } n ? options with { Limit = n } : null,
                "flows" => Number(arguments) is { } n ? options with { Flows = n } : null,
                "quantum" => Number(arguments) is { } n ? options with { Quantum = n } : null,
                "drop_batch" => Number(arguments) is { } n ? options with { DropBatch = n } : null,
                "target" => Time(arguments) is { } t ? options with { Codel = options.Codel with { Target = t } } : null,
                "interval" => Time(arguments) is { } t ? options with { Codel = options.Codel with { Interval = t } } : null,
                "ce_threshold" => Time(arguments) is { } t ? options with { Codel = options.Codel with { CeThreshold = t } } : null,
                "memory_limit" => TcUnits.TryParseSize(arguments.Value(), out long bytes) ? options with { MemoryLimit = bytes } : null,
                "ecn" => options with { Codel = options.Codel with { Ecn = true } },
                "noecn" => options with { Codel = options.Codel with { Ecn = false } },
                _ => options,
            };
            if (arguments.Error is { } incomplete)
            {
                return incomplete;
            }

            if (next is null)
            {
                return Illegal(word);
            }

            if (ReferenceEquals(next, options))
            {
                return Wrong($"What is \"{word}\"?");
            }

            // fq_codel_change: the number of flows is fixed, and at most 65,536.
            if (word == "flows" && (!isNew || next.Flows is < 1 or > 65_536))
            {
                return RtnetlinkError.InvalidArgument;
            }

            options = next;
        }

        return arguments.Error;
    }

    private static int? Number(IpArguments arguments) =>
        int.TryParse(arguments.Value(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : null;

    private static Duration? Time(IpArguments arguments) => TcUnits.TryParseTime(arguments.Value(), out Duration time) ? time : null;
}
