using System.Collections.Immutable;
using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Probes;

/// <summary>arping of iputils 20221126, in virtual time.</summary>
public sealed class ArpingCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["arping"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse("-f -q -b -D -U -A -c=COUNT -w=TIMEOUT -i=INTERVAL -I=DEVICE -s=SOURCE");

    public CommandJob Start(CommandInvocation invocation)
    {
        NetworkNamespace space = invocation.Namespace;
        ArpingOptions options = new();
        string? device = null;
        string? source = null;
        OptionReader read = OptionReader.Read(invocation.Arguments, Grammar);
        if (read.Complaint("arping", Grammar) is { } complaint)
        {
            return Fail(2, complaint);
        }

        string? target = read.Operands.Count > 0 ? read.Operands[^1] : null;
        foreach ((string word, string value) in read.Options)
        {
            long number = 0;
            if (word is "-c" or "-w" or "-i" && !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            {
                return Fail(1, $"arping: invalid argument: '{value}'");
            }

            device = word == "-I" ? value : device;
            source = word == "-s" ? value : source;
            options = word switch
            {
                "-f" => options with { QuitsOnReply = true },
                "-q" => options with { IsQuiet = true },
                "-b" => options with { KeepsBroadcasting = true },
                "-D" => options with { IsDuplicateDetection = true, QuitsOnReply = true },
                "-U" => options with { IsUnsolicited = true },
                "-A" => options with { IsUnsolicited = true, IsAnswer = true },
                "-c" => options with { Count = number },
                "-w" => options with { Timeout = Duration.FromSeconds(number) },
                "-i" => options with { Interval = Duration.FromSeconds(number) },
                _ => options,
            };
        }

        if (target is null)
        {
            return Fail(2, "\nUsage:\n  arping [options] <destination>");
        }

        return HostLookup.Then(space, target, AddressFamily.IPv4, address => address.IsIPv4
            ? Start(space, options, address.IPv4, device, source)
            : Fail(2, $"arping: {target}: {HostLookup.Failure(space)}"));
    }

    private static CommandJob Start(NetworkNamespace space, ArpingOptions options, IPv4Address target, string? deviceName, string? sourceText)
    {
        OutputRoute<IPv4Address> route = space.IPv4.RouteOutput(target);
        NetDevice? device = deviceName is null ? route.Device : space.FindDevice(deviceName);
        if (device is null)
        {
            return Fail(2, deviceName is null ? "arping: no suitable device found" : $"arping: Device {deviceName} not available.");
        }

        if (!device.IsUp)
        {
            return Fail(2, $"arping: Interface \"{device.Name}\" is down");
        }

        if (!device.UsesNeighbours)
        {
            return CommandJob.Completed(new CommandResult(2, $"Interface \"{device.Name}\" is not ARPable\n", string.Empty));
        }

        IPv4Address source = default;
        if (sourceText is not null && !IPv4Address.TryParse(sourceText, out source))
        {
            return Fail(2, $"arping: invalid source {sourceText}");
        }

        if (sourceText is null && !options.IsDuplicateDetection)
        {
            source = options.IsUnsolicited ? target : space.IPv4.SelectSource(device, target, RouteScope.Universe);
        }

        if (!source.IsUnspecified && !space.IPv4.IsLocal(source))
        {
            return Fail(2, "arping: bind: Cannot assign requested address");
        }

        ArpingJob job = new(space, device, options, source, target);
        job.Begin();
        return job;
    }

    private static CommandJob Fail(int exit, string message) => CommandJob.Completed(CommandResult.Failure(exit, message));
}
