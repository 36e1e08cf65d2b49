using System.Collections.Generic;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Engine.Devices;
using Netemu.Engine.Queueing;

namespace Netemu.Commands.Traffic;

/// <summary>tc qdisc show (print_qdisc of tc/tc_qdisc.c).</summary>
internal static class QdiscText
{
    public static CommandResult Show(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        NetDevice? only = null;
        uint handle = 0;
        uint parent = 0;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "dev":
                    only = arguments.Device();
                    break;
                case "root":
                    parent = EgressQueue.Root;
                    break;
                case "handle" when TcUnits.TryParseHandle(arguments.Value(), out handle):
                case "parent" when TcUnits.TryParseClass(arguments.Value(), out parent):
                    break;
                default:
                    arguments.Fail(255, $"What is \"{word}\"? Try \"tc qdisc help\".{context.Hint("qdisc show", word)}");
                    break;
            }
        }

        if (arguments.Error is { } error)
        {
            return error;
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        foreach (NetDevice device in context.Namespace.Devices)
        {
            if ((only is null || ReferenceEquals(device, only)) && device.IsActivated)
            {
                PrintDevice(printer, device, context.Options, only is null, handle, parent);
            }
        }

        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    private static void PrintDevice(IpPrinter printer, NetDevice device, IpOptions options, bool named, uint handle, uint parent)
    {
        if (device.Egress is null)
        {
            if (handle == 0 && parent is 0 or EgressQueue.Root)
            {
                PrintDefault(printer, device, options, named);
            }

            return;
        }

        foreach (QueueingDiscipline discipline in device.Egress.All)
        {
            if (discipline.Handle != 0
                && (handle == 0 || discipline.Handle == handle) && (parent == 0 || discipline.Parent == parent))
            {
                PrintHead(printer, device, discipline.Kind, discipline.Handle, discipline.Parent, named);
                QdiscWords words = QdiscWords.For(discipline.Kind)!;
                printer.OpenObject("options");
                words.Print(printer, discipline);
                printer.CloseObject();
                printer.Text("\n");
                if (options.Statistics > 0)
                {
                    PrintStatistics(printer, discipline.Statistics, discipline.Backlog, discipline.Count);
                    words.PrintStatistics(printer, discipline);
                }

                printer.CloseObject();
            }
        }
    }

    /// <summary>What a device has of itself: nothing, or the card's queue of a link's end.</summary>
    private static void PrintDefault(IpPrinter printer, NetDevice device, IpOptions options, bool named)
    {
        EthernetDevice? end = device as EthernetDevice;
        PrintHead(printer, device, end is null ? "noqueue" : "pfifo", 0, EgressQueue.Root, named);
        printer.OpenObject("options");
        if (end is not null)
        {
            printer.Any("limit", end.QueueLimit, $"limit {end.QueueLimit}p");
        }

        printer.CloseObject();
        printer.Text("\n");
        if (options.Statistics > 0)
        {
            QueueStatistics statistics = end is null
                ? default
                : new QueueStatistics
                {
                    SentBytes = device.Counters.TransmittedBytes,
                    SentPackets = device.Counters.TransmittedPackets,
                    Dropped = device.Counters.TransmitDropped,
                };
            PrintStatistics(printer, statistics, 0, end?.QueueLength ?? 0);
        }

        printer.CloseObject();
    }

    private static void PrintHead(IpPrinter printer, NetDevice device, string kind, uint handle, uint parent, bool named)
    {
        printer.OpenObject();
        printer.Any("kind", kind, $"qdisc {kind}");
        printer.Any("handle", TcUnits.Handle(handle), $" {TcUnits.Handle(handle)} ");
        if (named)
        {
            printer.Any("dev", device.Name, $"dev {device.Name} ");
        }

        if (parent == EgressQueue.Root)
        {
            printer.Member("root", true);
            printer.Text("root ");
            printer.Any("refcnt", 2, "refcnt 2 ");
        }
        else
        {
            printer.Any("parent", TcUnits.Class(parent), $"parent {TcUnits.Class(parent)} ");
        }
    }

    /// <summary>print_tcstats2_attr.</summary>
    private static void PrintStatistics(IpPrinter printer, QueueStatistics s, long backlog, int count)
    {
        foreach ((string key, long value, string text) in new List<(string, long, string)>
        {
            ("bytes", s.SentBytes, $" Sent {s.SentBytes} bytes"),
            ("packets", s.SentPackets, $" {s.SentPackets} pkt"),
            ("drops", s.Dropped, $" (dropped {s.Dropped}"),
            ("overlimits", s.Overlimits, $", overlimits {s.Overlimits}"),
            ("requeues", s.Requeues, $" requeues {s.Requeues}) \n"),
            ("backlog", backlog, $" backlog {TcUnits.Size(backlog)}"),
            ("qlen", count, $" {count}p"),
        })
        {
            printer.Any(key, value, text);
        }

        printer.Text($" requeues {s.Requeues}\n");
    }
}
