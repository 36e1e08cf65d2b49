using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using Netemu.Bgp;
using Netemu.Bgp.Sockets;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Commands;

/// <summary>
/// <c>netemu bgp --config FILE</c>: one speaker or several on the machine's sockets, in the foreground. SIGTERM and SIGINT say
/// goodbye to every neighbour; SIGUSR1 has the tables printed as JSON.
/// </summary>
internal static class BgpCommand
{
    /// <summary>signal(7), the same on every architecture that .NET runs on under Linux.</summary>
    private const int UserSignal1 = 10;

    public static Command Build(Terminal terminal)
    {
        Option<string> config = new("--config") { Description = "Speakers as JSON: as, routerId, address, neighbors, networks; or several under nodes", Required = true };
        Option<bool> verbose = new("--verbose", "-v") { Description = "Tells session events on standard error" };
        Command command = new("bgp", "Runs BGP speakers on the machine's sockets, in the foreground.") { config, verbose };
        command.SetAction(parsed =>
        {
            IReadOnlyList<BgpSpeakerConfiguration> speakers;
            try
            {
                speakers = DaemonConfiguration.Load(parsed.GetRequiredValue(config));
            }
            catch (System.Exception failure) when (failure is IOException or InvalidDataException or System.UnauthorizedAccessException)
            {
                terminal.Error.WriteLine(failure.Message);
                return (int)ExitCode.InvalidInput;
            }

            using CancellationTokenSource cancellation = new();
            BgpDaemon daemon = new(speakers, parsed.GetValue(verbose) ? terminal.Error : null);
            using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, cancellation.Cancel);
            using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, cancellation.Cancel);
            using PosixSignalRegistration dump = OnSignal((PosixSignal)UserSignal1, () => daemon.Dump(terminal.OutputWriter));
            daemon.Run(terminal.OutputWriter, cancellation.Token);
            return (int)ExitCode.Success;
        });
        return command;
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, System.Action action) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            action();
        });
}
