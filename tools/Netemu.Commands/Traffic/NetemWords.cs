using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Queueing;

namespace Netemu.Commands.Traffic;

/// <summary>netem (tc/q_netem.c). A change starts from the defaults, as tc sends every parameter.</summary>
internal sealed class NetemWords : QdiscWords
{
    public override string Kind => "netem";

    protected override string Usage => """
        Usage: ... netem [ limit PACKETS ]
                         [ delay TIME [ JITTER [ CORRELATION ] ] ]
                         [ distribution {uniform|normal|pareto|paretonormal} ]
                         [ corrupt PERCENT [ CORRELATION ] ]
                         [ duplicate PERCENT [ CORRELATION ] ]
                         [ loss random PERCENT [ CORRELATION ] ]
                         [ loss state P13 [ P31 [ P32 [ P23 [ P14 ] ] ] ] ]
                         [ loss gemodel PERCENT [ R [ 1-H [ 1-K ] ] ] ]
                         [ seed SEED ]
                         [ ecn ]
                         [ reorder PERCENT [ CORRELATION ] [ gap DISTANCE ] ]
                         [ rate RATE [ PACKETOVERHEAD ] [ CELLSIZE ] [ CELLOVERHEAD ] ]
        """;

    public override CommandResult? Create(IpContext context, NetDevice device, out QueueingDiscipline? made)
    {
        CommandResult? error = Read(context, out NetemOptions options);
        made = new NetemDiscipline(options);
        return error;
    }

    public override CommandResult? Change(IpContext context, QueueingDiscipline present)
    {
        if (Read(context, out NetemOptions options) is { } error)
        {
            return error;
        }

        ((NetemDiscipline)present).Options = options;
        return null;
    }

    public override void Print(IpPrinter printer, QueueingDiscipline discipline)
    {
        NetemOptions options = ((NetemDiscipline)discipline).Options;
        printer.Any("limit", options.Limit, $"limit {options.Limit}");
        PrintDelay(printer, options);
        PrintShare(printer, "loss-random", "loss", options.Loss, options.LossCorrelation);
        PrintModel(printer, options.LossModel);
        PrintShare(printer, "duplicate", "duplicate", options.Duplicate, options.DuplicateCorrelation);
        PrintShare(printer, "reorder", "reorder", options.Reorder, options.ReorderCorrelation);
        PrintShare(printer, "corrupt", "corrupt", options.Corrupt, options.CorruptCorrelation);
        if (options.RateBitsPerSecond > 0)
        {
            printer.OpenObject("rate");
            printer.Any("rate", options.RateBitsPerSecond / 8, $" rate {TcUnits.Rate(options.RateBitsPerSecond)}");
            PrintNumber(printer, "packetoverhead", options.PacketOverhead);
            PrintNumber(printer, "cellsize", options.CellSize);
            PrintNumber(printer, "celloverhead", options.CellOverhead);
            printer.CloseObject();
        }

        if (options.Seed is { } seed)
        {
            printer.Any("seed", seed, $" seed {seed}");
        }

        printer.Member("ecn", options.Ecn);
        printer.Text(options.Ecn ? " ecn " : string.Empty);
        printer.Member("gap", options.Gap);
        printer.Text(options.Gap > 0 ? $" gap {options.Gap}" : string.Empty);
    }

    private static void PrintDelay(IpPrinter printer, NetemOptions options)
    {
        if (options.Delay == Duration.Zero && options.Jitter == Duration.Zero)
        {
            return;
        }

        printer.OpenObject("delay");
        printer.Text($" delay {TcUnits.Time(options.Delay)}");
        printer.MemberRaw("delay", TcUnits.Seconds(options.Delay));
        printer.MemberRaw("jitter", TcUnits.Seconds(options.Jitter));
        if (options.Jitter > Duration.Zero)
        {
            printer.Text($"  {TcUnits.Time(options.Jitter)}");
        }

        PrintCorrelation(printer, options.Jitter > Duration.Zero ? options.DelayCorrelation : 0);
        printer.CloseObject();
    }

    private static void PrintModel(IpPrinter printer, LossModel? model)
    {
        switch (model)
        {
            case LossModel.GilbertElliott gilbert:
                printer.OpenObject("loss-gemodel");
                PrintPart(printer, "p", " loss gemodel p", gilbert.P);
                PrintPart(printer, "r", " r", gilbert.R);
                PrintPart(printer, "1-h", " 1-h", gilbert.LossInBad);
                PrintPart(printer, "1-k", " 1-k", gilbert.LossInGood);
                printer.CloseObject();
                break;
            case LossModel.FourState four:
                printer.OpenObject("loss-state");
                PrintPart(printer, "p13", " loss state p13", four.P13);
                PrintPart(printer, "p31", " p31", four.P31);
                PrintPart(printer, "p32", " p32", four.P32);
                PrintPart(printer, "p23", " p23", four.P23);
                PrintPart(printer, "p14", " p14", four.P14);
                printer.CloseObject();
                break;
            default:
                break;
        }
    }

    private static void PrintShare(IpPrinter printer, string key, string word, uint share, uint correlation)
    {
        if (share == 0)
        {
            return;
        }

        printer.OpenObject(key);
        PrintPart(printer, word, $" {word}", share);
        PrintCorrelation(printer, correlation);
        printer.CloseObject();
    }

    private static void PrintPart(IpPrinter printer, string key, string text, uint share)
    {
        printer.Text($"{text} {TcUnits.Percent(share)}");
        printer.MemberRaw(key, TcUnits.Fraction(share));
    }

    private static void PrintCorrelation(IpPrinter printer, uint correlation)
    {
        printer.Text(correlation > 0 ? $" {TcUnits.Percent(correlation)}" : string.Empty);
        printer.MemberRaw("correlation", TcUnits.Fraction(correlation));
    }

    private static void PrintNumber(IpPrinter printer, string key, int value)
    {
        printer.Member(key, value);
        printer.Text(value != 0 ? $" {key} {value}" : string.Empty);
    }

    private CommandResult? Read(IpContext context, out NetemOptions options)
    {
        NetemReader reader = new(context.Arguments);
        options = reader.Options;
        IpArguments arguments = context.Arguments;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            string? illegal = reader.Take(word);
            options = reader.Options;
            if (arguments.Error is { } incomplete)
            {
                return incomplete;
            }

            if (illegal == NetemReader.Unknown)
            {
                return Wrong($"What is \"{word}\"?");
            }

            if (illegal == NetemReader.UnknownLoss)
            {
                return CommandResult.Failure(1, $"Unknown loss parameter: {reader.LastWord}");
            }

            if (illegal == NetemReader.UnknownDistribution)
            {
                return CommandResult.Failure(
                    1, $"No distribution data for {reader.LastWord} (/usr/lib/tc//{reader.LastWord}.dist: No such file or directory)");
            }

            if (illegal is not null)
            {
                return Illegal(illegal);
            }
        }

        return arguments.Error ?? Check(ref options, reader);
    }

    /// <summary>What tc refuses before it asks the kernel.</summary>
    private CommandResult? Check(ref NetemOptions options, NetemReader reader)
    {
        if (options.Reorder > 0)
        {
            if (options.Delay == Duration.Zero)
            {
                return Wrong("reordering not possible without specifying some delay");
            }

            options = options with { Gap = options.Gap == 0 ? 1 : options.Gap };
        }
        else if (options.Gap > 0)
        {
            return Wrong("gap specified without reorder probability");
        }

        if (options.Ecn && options.Loss == 0 && options.LossModel is null)
        {
            return Wrong("ecn requested without loss model");
        }

        return reader.HasDistribution && (options.Delay == Duration.Zero || options.Jitter == Duration.Zero)
            ? Wrong("distribution specified but no latency and jitter values")
            : null;
    }
}
