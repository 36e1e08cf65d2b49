using System;
using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Netemu.Core.Randomness;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Engine.Processes;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Programs.Iperf3;

/// <summary>The client side of iperf3 3.x, on the wire as the real one.</summary>
public sealed class Iperf3Client(Iperf3Settings settings, IIperf3Observer? observer = null) : IProgram
{
    /// <summary>Base 32 without l, o, 0 and 1 (make_cookie).</summary>
    private const string CookieLetters = "abcdefghijklmnopqrstuvwxyz234567";


    /// <summary>The test; null until the server has been reached.</summary>
    public Iperf3Test? Test { get; private set; }

    /// <summary>Why there was no test, in iperf3's words; null if there was.</summary>
    public string? Failure { get; private set; }

    public string Cookie { get; private set; } = string.Empty;

    /// <summary>The segment size of the control connection.</summary>
    public int SegmentSize { get; private set; }

    public async ProcessTask<int> RunAsync(Process process)
    {
        StreamSocket socket = process.OpenStream();
        StreamOptions options = new() { LocalAddress = settings.Bind, TrafficClass = settings.TypeOfService };
        Errno error = await socket.ConnectAsync(settings.Server, settings.Port, options);
        if (error != Errno.None)
        {
            Failure = $"unable to connect to server: {SocketErrors.Describe(error)}";
            return 1;
        }

        socket.Connection!.NoDelay = true;
        SegmentSize = socket.Connection.SegmentSize;
        Iperf3Control control = new(socket);
        MakeCookie(process);
        byte[] cookie = new byte[Iperf3Control.CookieSize];
        System.Text.Encoding.ASCII.GetBytes(Cookie, cookie);
        Iperf3Test test = new(process, settings, isSender: !settings.Reverse)
        {
            Length = settings.Length > 0 ? settings.Length : settings.Udp ? SegmentSize : Iperf3Settings.DefaultStreamLength,
        };
        Test = test;
        await socket.WriteAsync(cookie);
        while (Failure is null)
        {
            switch (await control.ReceiveAsync())
            {
                case Iperf3State.ParameterExchange:
                    await control.SendAsync(Parameters(test));
                    break;
                case Iperf3State.CreateStreams:
                    await CreateStreamsAsync(process, test, cookie, options);
                    break;
                case Iperf3State.TestStart:
                    break;
                case Iperf3State.TestRunning:
                    process.Start(RunTestAsync(process, control, test));
                    break;
                case Iperf3State.ExchangeResults:
                    decimal seconds = test.Elapsed.Nanoseconds / 1_000_000_000m;
                    await control.SendAsync(Iperf3Results.Write(test.Streams, test.IsSender, test.Congestion, seconds));
                    if (await control.ReceiveMessageAsync() is { } results)
                    {
                        test.ReadResults(results);
                    }

                    break;
                case Iperf3State.DisplayResults:
                    observer?.Ended(test);
                    await control.SendAsync(Iperf3State.Done);
                    return 0;
                case Iperf3State.AccessDenied:
                    Failure = "the server is busy running a test. try again later";
                    break;
                case Iperf3State.ServerTerminate:
                    Failure = "the server has terminated";
                    break;
                case Iperf3State.ServerError:
                    Failure = "the server reported an error";
                    break;
                default:
                    Failure = "control socket has closed unexpectedly";
                    break;
            }
        }

        test.Stop();
        return 1;
    }

    private async ProcessTask CreateStreamsAsync(Process process, Iperf3Test test, byte[] cookie, StreamOptions options)
    {
        while (test.Streams.Count < settings.Parallel && Failure is null)
        {
            Iperf3Stream? stream = settings.Udp
                ? await OpenDatagramsAsync(process, test.Streams.Count)
                : await OpenStreamAsync(process, test.Streams.Count, cookie, options);
            if (stream is null)
            {
                Failure = "unable to create a new stream";
                return;
            }

            test.Add(stream);
        }

        observer?.Started(test);
    }

    private async ProcessTask<Iperf3Stream?> OpenStreamAsync(Process process, int index, byte[] cookie, StreamOptions options)
    {
        StreamSocket socket = process.OpenStream();
        if (await socket.ConnectAsync(settings.Server, settings.Port, options) != Errno.None)
        {
            return null;
        }

        Iperf3Server.Configure(socket, settings);
        return await socket.WriteAsync(cookie) ? new Iperf3Stream(process, index, socket) : null;
    }

    private async ProcessTask<Iperf3Stream?> OpenDatagramsAsync(Process process, int index)
    {
        StreamOptions options = new() { LocalAddress = settings.Bind };
        if (process.OpenDatagram(options.LocalAddress, 0, out Errno _) is not { } socket)
        {
            return null;
        }

        socket.Socket.TrafficClass = settings.TypeOfService;
        byte[] hello = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(hello, Iperf3Server.DatagramHello);
        for (int attempt = 0; attempt < 10; attempt++)
        {
            // The real client waits for ever; a lost hello is worth another.
            socket.SendTo(settings.Server, settings.Port, hello);
            using Deadline deadline = new(process, Duration.FromSeconds(1), socket.Readable);
            while (!deadline.IsOver)
            {
                socket.Readable.Reset();
                if (socket.Receive() is not null)
                {
                    return new Iperf3Stream(process, index, socket, settings.Server, settings.Port);
                }

                await socket.Readable;
            }
        }

        return null;
    }

    private async ProcessTask RunTestAsync(Process process, Iperf3Control control, Iperf3Test test)
    {
        test.IntervalEnded = ended => observer?.Interval(test, ended);
        test.Start();
        if (settings.Time > Duration.Zero)
        {
            await process.DelayAsync(settings.Time);
        }
        else
        {
            // Bytes or blocks end it: looked at as often as the real one's timer does (pacing_timer, 1 ms).
            while (!test.IsComplete() && control.Socket.Error == Errno.None)
            {
                await process.DelayAsync(Duration.FromMilliseconds(1));
            }
        }

        test.Stop();
        await control.SendAsync(Iperf3State.TestEnd);
    }

    private JsonObject Parameters(Iperf3Test test)
    {
        JsonObject parameters = new()
        {
            [settings.Udp ? "udp" : "tcp"] = true,
            ["omit"] = 0,
            ["time"] = settings.Time.Nanoseconds / 1_000_000_000,
            ["num"] = settings.Bytes,
            ["blockcount"] = settings.Blocks,
            ["parallel"] = settings.Parallel,
            ["len"] = test.Length,
        };
        if (settings.Reverse)
        {
            parameters["reverse"] = true;
        }

        if (settings.NoDelay)
        {
            parameters["nodelay"] = true;
        }

        if (settings.Bitrate > 0)
        {
            parameters["bandwidth"] = settings.Bitrate;
        }

        if (settings.Congestion.Length > 0)
        {
            parameters["congestion"] = settings.Congestion;
        }

        parameters["pacing_timer"] = 1000;
        parameters["client_version"] = "3.12";
        return parameters;
    }

    private void MakeCookie(Process process)
    {
        RandomSource random = process.Node.Random($"iperf3/{process.Id}/{process.Now.Nanoseconds}");
        Span<char> letters = stackalloc char[Iperf3Control.CookieSize - 1];
        foreach (ref char letter in letters)
        {
            letter = CookieLetters[(int)random.NextBelow((uint)CookieLetters.Length)];
        }

        Cookie = new string(letters);
    }
}
