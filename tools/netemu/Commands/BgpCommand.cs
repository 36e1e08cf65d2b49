using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using Netemu.Bgp;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Sockets;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Bgp;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Commands;

/// <summary>
/// <c>netemu bgp --config FILE</c>: one or several speakers on the machine's own sockets, in the foreground. A YAML file says
/// `speakers:`, a .json file is the benchmark's small form, a .conf file is FRR's. SIGTERM and SIGINT say goodbye to every
/// neighbour; SIGUSR1 prints the RIBs as JSON.
/// </summary>
internal sealed class BgpCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string> _config = new("--config", "-c") { Description = "YAML (speakers:), JSON, or an FRR configuration (.conf)", Required = true };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Tells every change of a session on standard error" };
    private readonly Option<bool> _lenient = new("--lenient") { Description = "Lines of an FRR configuration that are not understood are warnings" };
    private readonly Option<string?> _mrt = new("--mrt") { Description = "Writes everything that is heard to this file, as MRT" };

    private BgpCommand(Terminal terminal) => _terminal = terminal;

    public static Command Build(Terminal terminal)
    {
        BgpCommand bgp = new(terminal);
        Command command = new("bgp", "Runs BGP speakers on this machine's sockets, in the foreground.");
        foreach (Option option in (Option[])[bgp._config, bgp._verbose, bgp._lenient, bgp._mrt])
        {
            command.Options.Add(option);
        }

        command.SetAction(bgp.Invoke);
        return command;
    }

    private int Invoke(ParseResult parsed)
    {
        string file = parsed.GetRequiredValue(_config);
        if (!TryRead(file, parsed.GetValue(_lenient), out IReadOnlyList<BgpSpeakerConfiguration> speakers))
        {
            return (int)ExitCode.InvalidInput;
        }

        using FileStream? mrt = parsed.GetValue(_mrt) is { } path ? File.Create(path) : null;
        using CancellationTokenSource stop = new();
        SocketEventLoop.UseInlineCompletions();
        BgpDaemon daemon = new(speakers, parsed.GetValue(_verbose) ? _terminal.Error : null, mrt);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration dump = PosixSignalRegistration.Create((PosixSignal)UserSignal, context =>
        {
            context.Cancel = true;
            daemon.Dump(_terminal.OutputWriter);
        });
        daemon.Run(_terminal.OutputWriter, stop.Token);
        return (int)ExitCode.Success;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>SIGUSR1's number on Linux.</summary>
    private const int UserSignal = 10;

    private bool TryRead(string file, bool isLenient, out IReadOnlyList<BgpSpeakerConfiguration> speakers)
    {
        speakers = [];
        try
        {
            if (file.EndsWith(".json", StringComparison.Ordinal))
            {
                speakers = DaemonConfiguration.Load(file);
                return true;
            }

            string text = File.ReadAllText(file);
            return file.EndsWith(".conf", StringComparison.Ordinal)
                ? TryReadFrr(file, text, isLenient, out speakers)
                : TryReadYaml(file, text, isLenient, out speakers);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            _terminal.Error.WriteLine($"netemu: {problem.Message}");
            return false;
        }
    }

    private bool TryReadYaml(string file, string text, bool isLenient, out IReadOnlyList<BgpSpeakerConfiguration> speakers)
    {
        DiagnosticBag found = new();
        speakers = BgpDaemonFile.Read(file, text, isLenient, found);
        foreach (Diagnostic diagnostic in found.Items)
        {
            _terminal.Error.WriteLine($"{diagnostic.Range}: {diagnostic.Severity.ToString().ToLowerInvariant()} {diagnostic.Code}: {diagnostic.Message}");
        }

        return !found.HasErrors;
    }

    private bool TryReadFrr(string file, string text, bool isLenient, out IReadOnlyList<BgpSpeakerConfiguration> speakers)
    {
        FrrConfiguration configuration = FrrConfiguration.Read(text, out IReadOnlyList<FrrProblem> problems);
        foreach (FrrProblem problem in problems)
        {
            _terminal.Error.WriteLine($"{file}:{problem.Line}:{problem.Column}: {(isLenient ? "warning" : "error")}: {problem.Message}");
        }

        speakers = [];
        if (problems.Count > 0 && !isLenient)
        {
            return false;
        }

        if (configuration.Router is null)
        {
            _terminal.Error.WriteLine($"{file}: error: no 'router bgp'");
            return false;
        }

        FrrCompiled compiled = FrrCompiler.Compile(configuration, new FrrEnvironment
        {
            AddressOf = device => configuration.Interfaces.TryGetValue(device, out FrrInterface? found) && found.Addresses.Count > 0
                ? found.Addresses[0].Address
                : default(InternetAddress),
        });

        // Nobody watches a routing table here, so networks are announced without a look at it.
        speakers = [compiled.Speaker with { Networks = [.. compiled.Speaker.Networks, .. compiled.CheckedNetworks] }];
        return true;
    }
}
