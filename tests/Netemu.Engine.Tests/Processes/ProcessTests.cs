using System;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Processes;
using Netemu.Engine.Programs;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tcp;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Processes;

/// <summary>Programs in namespaces: what their sockets do, how they wait, and what is left of them when they end.</summary>
public sealed class ProcessTests : IDisposable
{
    private static readonly IPv4Address ServerAddress = IPv4Address.Parse("10.0.0.2");

    private readonly EmulatedNetwork _network = new();
    private readonly Node _client;
    private readonly Node _server;

    public ProcessTests()
    {
        _client = _network.Host("client");
        _server = _network.Host("server");
        _network.Join(_client, "10.0.0.1/24", _server, "10.0.0.2/24");
    }

    public void Dispose() => _network.Dispose();

    [Fact]
    public void A_program_of_ones_own_answers_over_tcp()
    {
        _server.Processes.Start(_server.Root, "upper", new UppercaseServer());
        string answer = string.Empty;

        Run(async process =>
        {
            StreamSocket socket = process.OpenStream();
            Assert.Equal(Errno.None, await socket.ConnectAsync(ServerAddress, 4000));
            await socket.WriteAsync("hello"u8.ToArray());
            byte[] buffer = new byte[16];
            int count = await socket.ReadAsync(buffer);
            answer = Encoding.ASCII.GetString(buffer, 0, count);
            socket.ShutdownWrite();
            Assert.Equal(0, await socket.ReadAsync(buffer));
            return 0;
        });

        Assert.Equal("HELLO", answer);
    }

    [Fact]
    public void Connecting_to_a_closed_port_gives_the_errno_of_connect()
    {
        Errno error = Errno.None;

        Process process = Run(async p =>
        {
            error = await p.OpenStream().ConnectAsync(ServerAddress, 1);
            return (int)error;
        });

        Assert.Equal(Errno.ECONNREFUSED, error);
        Assert.Equal((int)Errno.ECONNREFUSED, process.ExitStatus);
    }

    [Fact]
    public void Without_a_route_connect_fails_at_once()
    {
        Errno error = Errno.None;
        Run(async p =>
        {
            error = await p.OpenStream().ConnectAsync(IPv4Address.Parse("192.0.2.1"), 1);
            return 0;
        });
        Assert.Equal(Errno.ENETUNREACH, error);
    }

    [Fact]
    public void A_connected_datagram_socket_is_told_that_nobody_listens()
    {
        Errno error = Errno.None;
        Run(async p =>
        {
            DatagramSocket socket = p.OpenDatagram(default, 0, out _)!;
            socket.Connect(ServerAddress, 9);
            socket.Send("x"u8);
            Assert.Null(await socket.ReceiveAsync());
            error = socket.Error;
            return 0;
        });
        Assert.Equal(Errno.ECONNREFUSED, error);
    }

    [Fact]
    public void Waiting_takes_virtual_time_and_nothing_else()
    {
        SimTime end = default;
        Run(async p =>
        {
            await p.DelayAsync(Duration.FromSeconds(3));
            end = p.Now;
            return 0;
        });
        Assert.Equal(SimTime.Zero + Duration.FromSeconds(3), end);
    }

    [Fact]
    public void A_killed_server_closes_its_sockets_and_its_methods_never_go_on()
    {
        Process server = _server.Processes.Start(_server.Root, "echo", new EchoServer(default, 7));
        int read = -1;
        _client.Processes.Start(_client.Root, "client", new Lambda(async p =>
        {
            StreamSocket socket = p.OpenStream();
            await socket.ConnectAsync(ServerAddress, 7);
            read = await socket.ReadAsync(new byte[1]);
            return 0;
        }));
        _network.RunSeconds(1);
        Assert.Equal(-1, read);

        _network.Emulation.AtBarrier(_network.Now, server.Kill);
        _network.RunSeconds(1);

        Assert.Equal(0, read);
        Assert.Equal(137, server.ExitStatus);
        Assert.Empty(_server.Root.Tcp.Listeners());
        Assert.Null(_server.Processes.Find(_server.Root, "echo"));
    }

    [Fact]
    public void Connections_wait_in_the_accept_queue_and_a_full_one_takes_no_more()
    {
        Process server = _server.Processes.Start(_server.Root, "lazy", new Lambda(async p =>
        {
            p.Listen(default, 80, out _, backlog: 1);
            await p.DelayAsync(Duration.FromSeconds(100));
            return 0;
        }));
        for (int i = 0; i < 4; i++)
        {
            _client.Processes.Start(_client.Root, "client", new Lambda(async p =>
            {
                await p.OpenStream().ConnectAsync(ServerAddress, 80);
                await p.DelayAsync(Duration.FromSeconds(50));
                return 0;
            }));
        }

        _network.RunSeconds(2);

        // As on Linux, one more than the backlog stands; the rest asks again and again.
        TcpListener listener = Assert.Single(_server.Root.Tcp.Listeners());
        Assert.Equal(2, listener.Waiting);
        Assert.True(_server.Root.Tcp.Counters.ListenOverflows > 0);
        Assert.True(server.IsRunning);
    }

    [Fact]
    public void A_raw_socket_gets_packets_of_its_protocol_and_stills_the_complaint_about_it()
    {
        byte[]? packet = null;
        _server.Processes.Start(_server.Root, "raw", new Lambda(async p =>
        {
            RawSocket raw = p.OpenRaw(AddressFamily.IPv4, (IPProtocol)253);
            packet = (await raw.ReceiveAsync()).Payload;
            return 0;
        }));
        Run(async p =>
        {
            p.OpenRaw(AddressFamily.IPv4, (IPProtocol)253).SendTo(ServerAddress, [1, 2, 3]);
            await p.DelayAsync(Duration.FromSeconds(1));
            return 0;
        });

        Assert.NotNull(packet);
        Assert.Equal(23, packet.Length);
        Assert.Equal([1, 2, 3], packet[20..]);
        Assert.Equal(0, _server.Root.Drops(Netemu.Engine.Frames.DropReason.UnknownProtocol));
    }

    [Fact]
    public void A_node_that_goes_down_takes_its_processes_with_it_in_silence()
    {
        Process server = _server.Processes.Start(_server.Root, "echo", new EchoServer(default, 7));
        _network.RunSeconds(1);
        _network.Emulation.AtBarrier(_network.Now, () => _network.Emulation.ShutDown(_server));
        _network.RunSeconds(1);
        Assert.False(server.IsRunning);
        Assert.Empty(_server.Processes.Running);
    }

    [Fact]
    public void Two_that_answer_each_other_over_the_loopback_let_time_pass()
    {
        _server.Processes.Start(_server.Root, "echo", new DatagramEchoServer(default, 7));
        long rounds = 0;
        _server.Processes.Start(_server.Root, "player", new Lambda(async p =>
        {
            DatagramSocket socket = p.OpenDatagram(default, 0, out _)!;
            while (true)
            {
                socket.SendTo(IPv4Address.Loopback, 7, "ball"u8);
                await socket.ReceiveAsync();
                rounds++;
            }
        }));
        _network.Run(Duration.FromMilliseconds(1));
        Assert.InRange(rounds, 1_000, 100_000);
    }

    private Process Run(Func<Process, ProcessTask<int>> program)
    {
        Process process = _client.Processes.Start(_client.Root, "test", new Lambda(program));
        _network.RunSeconds(10);
        Assert.False(process.IsRunning);
        return process;
    }

    private sealed class Lambda(Func<Process, ProcessTask<int>> run) : IProgram
    {
        public ProcessTask<int> RunAsync(Process process) => run(process);
    }
}
