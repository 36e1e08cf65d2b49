using System;
using System.Collections.Generic;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Queueing;

namespace Netemu.Commands.Traffic;

/// <summary>tbf (tc/q_tbf.c).</summary>
internal sealed class TbfWords : QdiscWords
{
    public override string Kind => "tbf";

    protected override string Usage =>
        "Usage: ... tbf limit BYTES burst BYTES[/BYTES] rate KBPS [ mtu BYTES[/BYTES] ]\n\t[ peakrate KBPS ] [ latency TIME ] [ overhead BYTES ] [ linklayer TYPE ]";

    public override CommandResult? Create(IpContext context, NetDevice device, out QueueingDiscipline? made)
    {
        CommandResult? error = Read(context, out TokenBucketOptions? options);
        made = options is null ? null : new TokenBucketDiscipline(options);
        return error;
    }

    public override CommandResult? Change(IpContext context, QueueingDiscipline present)
    {
        if (Read(context, out TokenBucketOptions? options) is { } error)
        {
            return error;
        }

        ((TokenBucketDiscipline)present).Options = options!;
        return null;
    }

    public override void Print(IpPrinter printer, QueueingDiscipline discipline)
    {
        TokenBucketOptions options = ((TokenBucketDiscipline)discipline).Options;
        printer.Any("rate", options.RateBitsPerSecond / 8, $"rate {TcUnits.Rate(options.RateBitsPerSecond)} ");
        printer.Any("burst", options.Burst, $"burst {TcUnits.Size(options.Burst)} ");
        long microseconds = Latency(options.Limit - options.Burst, options.RateBitsPerSecond);
        if (options.PeakRateBitsPerSecond > 0)
        {
            printer.Text($"peakrate {TcUnits.Rate(options.PeakRateBitsPerSecond)} ");
            printer.Any("minburst", options.MinimumBurst, $"minburst {TcUnits.Size(options.MinimumBurst)} ");
            microseconds = Math.Max(microseconds, Latency(options.Limit - options.MinimumBurst, options.PeakRateBitsPerSecond));
        }

        if (microseconds >= 0)
        {
            printer.Any("lat", microseconds, $"lat {TcUnits.Time(Duration.FromMicroseconds(microseconds))} ");
        }
        else
        {
            printer.Any("limit", options.Limit, $"limit {TcUnits.Size(options.Limit)} ");
        }
    }

    private static long Latency(long bytes, long rate) => (long)((Int128)bytes * 8_000_000 / rate);

    private CommandResult? Read(IpContext context, out TokenBucketOptions? options)
    {
        options = null;
        IpArguments arguments = context.Arguments;
        long limit = 0;
        long burst = 0;
        long minimum = 0;
        long rate = 0;
        long peak = 0;
        Duration latency = default;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            string text;
            bool ok;
            switch (word)
            {
                case "limit":
                    ok = TcUnits.TryParseSize(text = arguments.Value(), out limit);
                    break;
                case "latency":
                    ok = TcUnits.TryParseTime(text = arguments.Value(), out latency);
                    break;
                case "burst" or "buffer" or "maxburst":
                    ok = TcUnits.TryParseSize((text = arguments.Value()).Split('/')[0], out burst);
                    break;
                case "mtu" or "minburst":
                    ok = TcUnits.TryParseSize((text = arguments.Value()).Split('/')[0], out minimum);
                    break;
                case "rate":
                    ok = TcUnits.TryParseRate(text = arguments.Value(), out rate);
                    break;
                case "peakrate":
                    ok = TcUnits.TryParseRate(text = arguments.Value(), out peak);
                    break;
                default:
                    return Wrong($"tbf: unknown parameter \"{word}\"");
            }

            if (arguments.Error is { } incomplete)
            {
                return incomplete;
            }

            if (!ok)
            {
                return CommandResult.Failure(1, $"tbf: illegal value for \"{word}\": \"{text}\"");
            }
        }

        List<string> missing = [];
        if (rate == 0)
        {
            missing.Add("tbf: the \"rate\" parameter is mandatory.");
        }

        if (burst == 0)
        {
            missing.Add("tbf: the \"burst\" parameter is mandatory.");
        }

        if (peak > 0 && minimum == 0)
        {
            missing.Add("tbf: when \"peakrate\" is specified, \"mtu\" must also be specified.");
        }

        if (limit == 0 && latency == Duration.Zero)
        {
            missing.Add("tbf: either \"limit\" or \"latency\" is required.");
        }

        if (limit > 0 && latency > Duration.Zero)
        {
            return CommandResult.Failure(1, "tbf: specifying both \"latency\" and \"limit\" is not allowed");
        }

        if (missing.Count > 0)
        {
            return Wrong(string.Join('\n', missing));
        }

        if (limit == 0)
        {
            limit = ((long)((Int128)rate * latency.Nanoseconds / 8_000_000_000)) + burst;
            if (peak > 0)
            {
                limit = Math.Min(limit, ((long)((Int128)peak * latency.Nanoseconds / 8_000_000_000)) + minimum);
            }
        }

        if (peak > 0 && peak <= rate)
        {
            return RtnetlinkError.InvalidArgument;
        }

        options = new TokenBucketOptions
        {
            RateBitsPerSecond = rate, Burst = burst, Limit = limit, PeakRateBitsPerSecond = peak, MinimumBurst = minimum,
        };
        return null;
    }
}
