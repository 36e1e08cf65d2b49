using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using Netemu.Core.Addresses;
using Netemu.Engine.Edges;
using Netemu.Engine.Linux;
using Netemu.Topologies.Building;
using Netemu.Topologies.Model;
using Netemu.Topologies.Results;

namespace Netemu.Cli;

/// <summary>
/// What ties a run to the world: the clock (<c>--realtime</c>), the kernel's devices behind the edges, and the recording
/// of it (<c>--record</c>), or in their place a recording to be run again (<c>--replay</c>).
/// </summary>
internal sealed class LiveRun : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly Dictionary<string, IEdge> _edges = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KernelNamespace> _spaces = new(StringComparer.Ordinal);

    /// <summary>Where input and decisions are written down, or null.</summary>
    public EdgeRecording? Recording { get; private set; }

    /// <summary>The recorded run, or null.</summary>
    public EdgeReplay? Replay { get; private set; }

    /// <summary>The clock, or null.</summary>
    public RealTimePace? Pace { get; private set; }

    /// <summary>How far behind the clock the run was, for people.</summary>
    public string? Lag => Pace is null ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"real time: {Pace.Windows} windows with work, {Pace.LateWindows} of them more than 1 ms late, at most {Pace.MaximumLag.Nanoseconds / 1000} us behind");

    public static void AddTo(Command command)
    {
        command.Options.Add(RealTime);
        command.Options.Add(Speed);
        command.Options.Add(Record);
        command.Options.Add(ReplayFile);
    }

    private static Option<bool> RealTime { get; } = new("--realtime") { Description = "Lets virtual time follow the wall clock; attached interfaces are the kernel's" };

    private static Option<string?> Speed { get; } = new("--speed") { Description = "Virtual seconds per second of the wall clock (1)" };

    private static Option<string?> Record { get; } = new("--record") { Description = "Writes what comes in from outside to a pcapng file that --replay takes" };

    private static Option<string?> ReplayFile { get; } = new("--replay") { Description = "Runs a recorded run again: same input, same instants, same hash" };

    /// <summary>
    /// Reads the options; null with the exit code if they do not fit. Files are opened before the run is built.
    /// </summary>
    public static LiveRun? Open(ParseResult parsed, Terminal terminal, out ExitCode exitCode)
    {
        exitCode = ExitCode.Usage;
        LiveRun run = new();
        bool realTime = parsed.GetValue(RealTime);
        string? record = parsed.GetValue(Record);
        string? replay = parsed.GetValue(ReplayFile);
        string? speedText = parsed.GetValue(Speed);
        RealTimeSpeed speed = RealTimeSpeed.Normal;
        if (!realTime && (record is not null || speedText is not null))
        {
            terminal.Error.WriteLine($"netemu: {(record is null ? "--speed" : "--record")} needs --realtime");
            return null;
        }

        if (realTime && replay is not null)
        {
            terminal.Error.WriteLine("netemu: --replay runs in virtual time: leave --realtime out");
            return null;
        }

        if (speedText is not null && !RealTimeSpeed.TryParse(speedText, out speed))
        {
            terminal.Error.WriteLine($"netemu: '{speedText}' is no speed: write 1, 0.5 or 10");
            return null;
        }

        try
        {
            if (realTime)
            {
                run.Pace = new RealTimePace(speed);
            }

            if (record is not null)
            {
                run.Recording = run.Own(new EdgeRecording(File.Create(record)));
            }

            if (replay is not null)
            {
                using FileStream stream = File.OpenRead(replay);
                if (!EdgeReplay.TryRead(stream, out EdgeReplay read, out string error))
                {
                    terminal.Error.WriteLine($"netemu: '{replay}' cannot be replayed: {error}");
                    exitCode = ExitCode.InvalidInput;
                    return null;
                }

                run.Replay = read;
            }
        }
        catch (Exception error) when (error is (IOException or UnauthorizedAccessException) and not KernelException)
        {
            terminal.Error.WriteLine($"netemu: {error.Message}");
            run.Dispose();
            return null;
        }

        exitCode = ExitCode.Success;
        return run;
    }

    /// <summary>Puts the kernel, or the recording, behind the edges, and the clock into the emulation.</summary>
    public ExitCode Attach(BuiltTopology built, Terminal terminal)
    {
        if (built.HostEdges is [HostEdge first, ..] && Pace is null && Replay is null)
        {
            terminal.Error.WriteLine($"netemu: '{first.Device.QualifiedName}' is attached to the host: run with --realtime (as root), or --replay FILE");
            return ExitCode.Usage;
        }

        try
        {
            foreach (HostEdge edge in built.HostEdges)
            {
                _edges.Add(edge.Device.QualifiedName, Replay?.EdgeFor(edge.Device) ?? Own(OpenKernel(edge)));
                Join(edge);
            }
        }
        catch (KernelException error)
        {
            terminal.Error.WriteLine($"netemu: {error.Message}");
            if (error.IsPrivilege)
            {
                terminal.Error.WriteLine("hint: devices of the kernel need root (CAP_NET_ADMIN) and /dev/net/tun");
            }

            return error.IsPrivilege ? ExitCode.MissingPrivilege : ExitCode.InvalidInput;
        }

        built.AttachEdge = Join;
        built.Emulation.Pace = Pace;
        return ExitCode.Success;
    }

    public void Dispose()
    {
        // The clock first: what was collected to be sent goes out while the edges are open.
        Pace?.Dispose();
        for (int i = _owned.Count - 1; i >= 0; i--)
        {
            _owned[i].Dispose();
        }

        _owned.Clear();
    }

    /// <summary>At the start, and again when the device's node has booted anew: the kernel's side stays.</summary>
    private void Join(HostEdge edge)
    {
        edge.Device.Recording = Recording;
        edge.Device.Attach(_edges[edge.Device.QualifiedName]);
        Pace?.Add(edge.Device);
    }

    private KernelEdge OpenKernel(HostEdge edge)
    {
        InterfaceSpec specification = edge.Specification;
        KernelNamespace space = SpaceOf(specification.HostNamespace);
        string name = specification.HostName ?? specification.Name;
        if (specification.Attachment == HostAttachment.PacketSocket)
        {
            return KernelEdge.OpenPacketSocket(space, name);
        }

        List<(InternetAddress, int)> addresses = [];
        foreach (InterfaceAddressSpec address in specification.HostAddresses)
        {
            addresses.Add((address.Address, address.Length));
        }

        List<(InternetPrefix, InternetAddress)> routes = [];
        foreach (RouteSpec route in specification.HostRoutes)
        {
            InternetAddress gateway = route.Via ?? default;
            InternetPrefix prefix = route.To.IsIPv4 != gateway.IsIPv4 && !gateway.IsNone
                ? new InternetPrefix(gateway.IsIPv4 ? IPv4Address.Any : default(IPv6Address), 0)
                : route.To;
            routes.Add((prefix, gateway));
        }

        return KernelEdge.OpenTap(space, new TapOptions
        {
            Name = name,
            IsBare = specification.Type == InterfaceType.Tun,
            Mtu = edge.Device.Mtu,
            Addresses = addresses,
            Routes = routes,
        });
    }

    private KernelNamespace SpaceOf(string? name)
    {
        if (name is null)
        {
            return KernelNamespace.Own;
        }

        if (!_spaces.TryGetValue(name, out KernelNamespace? space))
        {
            space = Own(KernelNamespace.OpenOrCreate(name));
            _spaces.Add(name, space);
        }

        return space;
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
