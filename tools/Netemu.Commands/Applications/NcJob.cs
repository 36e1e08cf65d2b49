using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Engine.Processes;
using Netemu.Engine.Programs.Dns;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Applications;

/// <summary>
/// A running nc. Its standard input is what came through the pipe; without -N the connection stays open after that until the
/// other side closes or the time of -w is over. A UDP client, which nobody can close, ends a second after its last datagram.
/// </summary>
internal sealed class NcJob(NcOptions options) : ProgramJob
{
    private static readonly Duration _datagramPatience = Duration.FromSeconds(1);

    public override async ProcessTask<int> RunAsync(Process process)
    {
        if (options.Listens)
        {
            return options.Udp ? await ListenDatagramsAsync(process) : await ListenAsync(process);
        }

        InternetAddress address = await StubResolver.ResolveAsync(process, options.Host, options.Family);
        if (address.IsNone)
        {
            Output.ErrorLine($"nc: getaddrinfo for host \"{options.Host}\" port {options.FirstPort}: Name or service not known");
            return 1;
        }

        int exit = 1;
        for (int port = options.FirstPort; port <= options.LastPort; port++)
        {
            bool done = options.Udp
                ? await TalkDatagramsAsync(process, address, (ushort)port)
                : await ConnectAsync(process, address, (ushort)port);
            exit = done ? 0 : exit;
        }

        return exit;
    }

    private async ProcessTask<bool> ConnectAsync(Process process, InternetAddress address, ushort port)
    {
        StreamSocket socket = process.OpenStream();
        using Deadline deadline = new(process, options.Timeout > Duration.Zero ? options.Timeout : Duration.FromSeconds(86_400), socket);
        Errno error = await socket.ConnectAsync(
            address, port, new StreamOptions { LocalAddress = options.Source, LocalPort = options.SourcePort });
        if (error != Errno.None)
        {
            if (options.IsVerbose)
            {
                string how = error == Errno.ETIMEDOUT ? "timed out: Operation now in progress" : $"failed: {SocketErrors.Describe(error)}";
                Output.ErrorLine($"nc: connect to {options.Host} port {port} (tcp) {how}");
            }

            socket.Close();
            return false;
        }

        deadline.Dispose();
        if (options.IsVerbose)
        {
            Output.ErrorLine($"Connection to {options.Host} {port} port [tcp/{ServiceNames.Of(port, udp: false) ?? "*"}] succeeded!");
        }

        if (!options.Scans)
        {
            await TalkAsync(process, socket);
        }

        socket.Close();
        return true;
    }

    private async ProcessTask<int> ListenAsync(Process process)
    {
        InternetAddress local = default;
        if (options.Host.Length > 0 && !InternetAddress.TryParse(options.Host, out local))
        {
            local = await StubResolver.ResolveAsync(process, options.Host, options.Family);
        }

        if (process.Listen(local, options.FirstPort, out Errno error, backlog: 1) is not { } listener)
        {
            Output.ErrorLine($"nc: {SocketErrors.Describe(error)}");
            return 1;
        }

        if (options.IsVerbose)
        {
            Output.ErrorLine($"Listening on {(local.IsNone ? "0.0.0.0" : local)} {options.FirstPort}");
        }

        do
        {
            if (await listener.AcceptAsync() is not { } socket)
            {
                Output.ErrorLine($"nc: accept: {SocketErrors.Describe(listener.Error)}");
                return 1;
            }

            if (options.IsVerbose)
            {
                Output.ErrorLine($"Connection received on {socket.RemoteAddress} {socket.RemotePort}");
            }

            await TalkAsync(process, socket);
            socket.Close();
        }
        while (options.KeepsListening);
        return 0;
    }

    /// <summary>Input to the network and the network to output, until it ends.</summary>
    private async ProcessTask TalkAsync(Process process, StreamSocket socket)
    {
        await socket.WriteAsync(Encoding.UTF8.GetBytes(options.Input));
        if (options.ShutsDown)
        {
            socket.ShutdownWrite();
        }

        byte[] buffer = new byte[16_384];
        while (true)
        {
            using Deadline silence = new(process, options.Timeout > Duration.Zero ? options.Timeout : Duration.FromSeconds(86_400), socket);
            int count = await socket.ReadAsync(buffer);
            if (count <= 0)
            {
                return;
            }

            Output.Out.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }

    private async ProcessTask<bool> TalkDatagramsAsync(Process process, InternetAddress address, ushort port)
    {
        if (process.OpenDatagram(options.Source, options.SourcePort, out Errno error) is not { } socket)
        {
            Output.ErrorLine($"nc: {SocketErrors.Describe(error)}");
            return false;
        }

        socket.Connect(address, port);
        error = socket.Send(Encoding.UTF8.GetBytes(options.Scans ? "X" : options.Input));
        bool refused = error != Errno.None;
        Duration patience = options.Timeout > Duration.Zero ? options.Timeout : _datagramPatience;
        while (!refused)
        {
            using Deadline silence = new(process, patience, socket.Readable);
            socket.Readable.Reset();
            await socket.Readable;
            if (silence.IsOver)
            {
                break;
            }

            while (socket.Receive() is { } answer)
            {
                Output.Out.Append(Encoding.UTF8.GetString(answer.Payload));
            }

            refused = socket.Error != Errno.None;
        }

        if (!refused && options.IsVerbose)
        {
            Output.ErrorLine($"Connection to {options.Host} {port} port [udp/{ServiceNames.Of(port, udp: true) ?? "*"}] succeeded!");
        }

        socket.Close();
        return !refused;
    }

    /// <summary>A UDP listener talks to whoever comes first; its silence is its end.</summary>
    private async ProcessTask<int> ListenDatagramsAsync(Process process)
    {
        if (process.OpenDatagram(default, options.FirstPort, out Errno error) is not { } socket)
        {
            Output.ErrorLine($"nc: {SocketErrors.Describe(error)}");
            return 1;
        }

        if (options.IsVerbose)
        {
            Output.ErrorLine($"Bound on 0.0.0.0 {options.FirstPort}");
        }

        bool answered = false;
        while (true)
        {
            Duration patience = options.Timeout > Duration.Zero ? options.Timeout : Duration.FromSeconds(86_400);
            using Deadline silence = new(process, patience, socket.Readable);
            Datagram? datagram = socket.Receive();
            if (datagram is null)
            {
                socket.Readable.Reset();
                await socket.Readable;
                datagram = socket.Receive();
            }

            if (datagram is null)
            {
                return 0;
            }

            Output.Out.Append(Encoding.UTF8.GetString(datagram.Payload));
            if (!answered && options.Input.Length > 0)
            {
                answered = true;
                socket.SendTo(datagram.From, datagram.Port, Encoding.UTF8.GetBytes(options.Input));
            }
        }
    }
}
