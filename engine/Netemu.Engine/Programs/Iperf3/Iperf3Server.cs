using System;
using System.Collections.Generic;
using System.Text.Json.Nodes;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Processes;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Programs.Iperf3;

/// <summary>
/// The server side of iperf3 3.x, on the wire as the real one: one test at a time, over TCP or UDP, in either direction.
/// </summary>
public sealed class Iperf3Server(InternetAddress address, ushort port) : IProgram
{
    public const ushort WellKnownPort = 5201;

    /// <summary>What a client sends first on a UDP stream, and the answer (UDP_CONNECT_MSG, UDP_CONNECT_REPLY), of 3.10 and before.</summary>
    internal const uint DatagramHello = 0x36373839;
    internal const uint DatagramReply = 0x39383736;

    private StreamListener? _listener;
    private DatagramSocket? _datagrams;
    private WaitQueue? _arrived;
    private readonly Queue<StreamSocket> _next = new();
    private bool _isCreating;
    private bool _busy;

    /// <summary>True to end after one test (-1).</summary>
    public bool IsOneOff { get; init; }

    /// <summary>Told of each test: when its streams stand, after each interval, and at its end.</summary>
    public IIperf3Observer? Observer { get; init; }

    /// <summary>The test that ran last.</summary>
    public Iperf3Test? LastTest { get; private set; }

    /// <summary>Why it could not listen.</summary>
    public Errno Error { get; private set; }

    public async ProcessTask<int> RunAsync(Process process)
    {
        _listener = process.Listen(address, port, out Errno error);
        Error = error;
        if (_listener is null)
        {
            return 1;
        }

        Observer?.Listening(port);
        while (true)
        {
            if (await _listener.AcceptAsync() is not { } client)
            {
                Error = _listener.Error;
                return 1;
            }

            if (_busy)
            {
                if (_isCreating)
                {
                    // It is a stream of the test if it brings its cookie; the test looks.
                    _next.Enqueue(client);
                    _arrived?.Wake();
                }
                else
                {
                    process.Start(DenyAsync(client));
                }

                continue;
            }

            _busy = true;
            ProcessTask test = ServeAsync(process, client);
            if (IsOneOff)
            {
                process.Start(EndAfterAsync(process, test));
            }
            else
            {
                process.Start(test);
            }
        }
    }

    /// <summary>One test at a time.</summary>
    private static async ProcessTask DenyAsync(StreamSocket client)
    {
        Iperf3Control control = new(client);
        if (await control.ReceiveCookieAsync() is not null)
        {
            await control.SendAsync(Iperf3State.AccessDenied);
        }

        client.Close();
    }

    private static async ProcessTask EndAfterAsync(Process process, ProcessTask test)
    {
        await test;
        process.Exit(0);
    }

    private async ProcessTask ServeAsync(Process process, StreamSocket client)
    {
        Iperf3Control control = new(client);
        _arrived = process.CreateWaitQueue();
        Iperf3Test? test = null;
        if (await control.ReceiveCookieAsync() is { } cookie
            && await control.SendAsync(Iperf3State.ParameterExchange)
            && await control.ReceiveMessageAsync() is { } parameters)
        {
            test = TestOf(process, client, parameters);
            Observer?.Accepted(client.RemoteAddress, client.RemotePort);
            if (await CreateStreamsAsync(process, control, test, cookie))
            {
                await RunTestAsync(process, control, test);
            }
        }

        foreach (Iperf3Stream stream in test?.Streams ?? [])
        {
            stream.Close();
        }

        LastTest = test;
        client.Close();
        _datagrams?.Close();
        _datagrams = null;
        _isCreating = false;
        _busy = false;
        if (!IsOneOff)
        {
            Observer?.Listening(port);
        }
    }

    private static Iperf3Test TestOf(Process process, StreamSocket client, JsonObject parameters)
    {
        bool udp = parameters["udp"] is not null;
        bool reverse = parameters["reverse"] is not null;
        Iperf3Settings settings = new()
        {
            Server = client.RemoteAddress,
            Udp = udp,
            Reverse = reverse,
            Parallel = (int)Math.Clamp(Iperf3Results.Number(parameters, "parallel"), 1, 128),

            // The client ends the test; what it asks for in time or bytes is for its own side to watch.
            Time = Duration.Zero,
            Bytes = 0,
            Bitrate = Iperf3Results.Count(parameters, "bandwidth"),
            NoDelay = parameters["nodelay"] is not null,
            Congestion = parameters["congestion"]?.ToString() ?? string.Empty,
        };
        return new Iperf3Test(process, settings, isSender: reverse)
        {
            Length = (int)Math.Clamp(Iperf3Results.Number(parameters, "len"), udp ? 16 : 1, udp ? 65_507 : 1 << 20),
        };
    }

    private async ProcessTask<bool> CreateStreamsAsync(Process process, Iperf3Control control, Iperf3Test test, byte[] cookie)
    {
        if (test.Settings.Udp)
        {
            _datagrams = process.OpenDatagram(address, port, out Errno _);
            if (_datagrams is null)
            {
                await control.SendAsync(Iperf3State.ServerError);
                return false;
            }
        }

        _isCreating = true;
        await control.SendAsync(Iperf3State.CreateStreams);
        while (test.Streams.Count < test.Settings.Parallel)
        {
            Iperf3Stream? stream = test.Settings.Udp
                ? await AcceptDatagramsAsync(process, test)
                : await AcceptStreamAsync(process, test, cookie);
            if (stream is not null)
            {
                test.Add(stream);
            }
        }

        _isCreating = false;
        return await control.SendAsync(Iperf3State.TestStart) && await control.SendAsync(Iperf3State.TestRunning);
    }

    private async ProcessTask<Iperf3Stream?> AcceptStreamAsync(Process process, Iperf3Test test, byte[] cookie)
    {
        StreamSocket? socket;
        while (!_next.TryDequeue(out socket))
        {
            _arrived!.Reset();
            await _arrived;
        }

        Iperf3Control control = new(socket);
        if (await control.ReceiveCookieAsync() is not { } brought || !brought.AsSpan().SequenceEqual(cookie))
        {
            // Somebody else's test: one at a time.
            await control.SendAsync(Iperf3State.AccessDenied);
            socket.Close();
            return null;
        }

        Configure(socket, test.Settings);
        return new Iperf3Stream(process, test.Streams.Count, socket);
    }

    private async ProcessTask<Iperf3Stream?> AcceptDatagramsAsync(Process process, Iperf3Test test)
    {
        if (await _datagrams!.ReceiveAsync() is not { } hello || hello.Payload.Length < 4)
        {
            return null;
        }

        byte[] reply = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(reply, DatagramReply);
        Iperf3Stream stream = new(process, test.Streams.Count, _datagrams, hello.From, hello.Port);
        _datagrams.SendTo(hello.From, hello.Port, reply);
        return stream;
    }

    private async ProcessTask RunTestAsync(Process process, Iperf3Control control, Iperf3Test test)
    {
        Observer?.Started(test);
        test.IntervalEnded = ended => Observer?.Interval(test, ended);
        test.Start();
        if (test.Settings.Udp && !test.IsSender)
        {
            process.Start(SortDatagramsAsync(test));
        }

        Iperf3State? state;
        do
        {
            state = await control.ReceiveAsync();
        }
        while (state is not (null or Iperf3State.TestEnd or Iperf3State.ClientTerminate));

        test.Stop();

        // The real one closes its streams here, and a client that receives relies on it: it waits for the rest of a block or the
        // end before it looks at its control connection again.
        foreach (Iperf3Stream stream in test.Streams)
        {
            stream.Close();
        }

        if (state != Iperf3State.TestEnd || !await control.SendAsync(Iperf3State.ExchangeResults)
            || await control.ReceiveMessageAsync() is not { } results)
        {
            return;
        }

        test.ReadResults(results);
        decimal seconds = test.Elapsed.Nanoseconds / 1_000_000_000m;
        await control.SendAsync(Iperf3Results.Write(test.Streams, test.IsSender, test.Congestion, seconds));
        await control.SendAsync(Iperf3State.DisplayResults);
        Observer?.Ended(test);
        await control.ReceiveAsync();
    }

    /// <summary>All streams of a UDP test come in by one socket: their source tells which is which.</summary>
    private async ProcessTask SortDatagramsAsync(Iperf3Test test)
    {
        DatagramSocket socket = _datagrams!;
        while (test.IsRunning && !socket.IsClosed)
        {
            if (await socket.ReceiveAsync() is not { } datagram || !test.IsRunning)
            {
                continue;
            }

            foreach (Iperf3Stream stream in test.Streams)
            {
                if (stream.RemotePort == datagram.Port && stream.RemoteAddress == datagram.From)
                {
                    stream.Take(datagram.Payload);
                    break;
                }
            }
        }
    }

    internal static void Configure(StreamSocket socket, Iperf3Settings settings)
    {
        if (socket.Connection is not { } connection)
        {
            return;
        }

        connection.NoDelay = settings.NoDelay;
        connection.CongestionControl = settings.Congestion switch
        {
            "reno" => TcpCongestionControl.Reno,
            "cubic" => TcpCongestionControl.Cubic,
            _ => connection.CongestionControl,
        };
    }
}
