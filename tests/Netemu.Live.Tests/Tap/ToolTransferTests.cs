using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Netemu.Commands;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Linux;
using Netemu.Engine.Processes;
using Netemu.Engine.Programs.Http;
using Netemu.Engine.Programs.Iperf3;
using Netemu.Engine.Simulation;
using Netemu.Testing;
using Xunit.Abstractions;
using Process = System.Diagnostics.Process;

namespace Netemu.Live.Tests.Tap;

/// <summary>
/// The real iperf3 and curl in a kernel namespace against the emulation's servers, and the emulation's iperf3 and curl against
/// real servers, through a TAP and two emulated routers. One path, or with NETEMU_SOAK=1 all of them and 100 MB each.
/// </summary>
[Trait("Category", "Live")]
public sealed class ToolTransferTests(ITestOutputHelper output)
{
    private const int Port = 5201;
    private const int WebPort = 8080;

    private static readonly bool s_soak = Environment.GetEnvironmentVariable("NETEMU_SOAK") == "1";
    private static readonly long s_length = s_soak ? 100_000_000 : 20_000_000;
    private static readonly Duration s_patience = Duration.FromSeconds(s_soak ? 600 : 30);

    public static TheoryData<string> Paths => [.. TransferPath.All.Select(p => p.Name).Where(n => s_soak || n == "clean")];

    public static TheoryData<string, string> Transfers
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (string path in TransferPath.All.Select(p => p.Name).Where(n => s_soak || n == "clean"))
            {
                cases.Add(path, string.Empty);
                cases.Add(path, "-R");
                if (path == "clean")
                {
                    cases.Add(path, "-P 4");
                    cases.Add(path, "-P 3 -R");
                }
            }

            return cases;
        }
    }

    [RootTheory("iperf3")]
    [MemberData(nameof(Transfers))]
    public void The_kernel_s_iperf3_measures_the_emulation_s_server(string path, string options)
    {
        using TapNetwork network = Build(path, out Node host, out PathHook? hook);
        Iperf3Server server = new(default, Port);
        host.Processes.Start(host.Root, "iperf3", server);

        using JsonDocument report = Report(
            RunTool(network, "iperf3", $"-c {TcpTransferTests.HostAddress} -n {s_length} -J {options}"));

        hook?.Clear();
        CheckTotals(report, host);

        // What the server counted is what the client was told of it. Its test ends when the client's last segment has come.
        Assert.True(network.RunWhile(() => SpinWait.SpinUntil(() => server.LastTest is not null, 10_000)), "the server's test ends");
        string counted = options.Contains("-R", StringComparison.Ordinal) ? "sum_sent" : "sum_received";
        Assert.Equal(server.LastTest!.Own.Sum(s => s.Counts.Bytes), End(report, counted).GetProperty("bytes").GetInt64());
    }

    [RootTheory("iperf3")]
    [MemberData(nameof(Transfers))]
    public void The_emulation_s_iperf3_measures_the_kernel_s_server(string path, string options)
    {
        using TapNetwork network = Build(path, out Node host, out PathHook? hook);
        using Process server = Start(network.Space, "iperf3", $"-s -1 -J -B {TcpTransferTests.KernelAddress}");
        Task<string> said = server.StandardOutput.ReadToEndAsync();
        AwaitPort(network, Port);

        CommandResult result = new CommandExecutor(StandardCommands.CreateRegistry()).RunToCompletion(
            host.Root, $"iperf3 -c {TcpTransferTests.KernelAddress} -n {s_length} -J {options}", s_patience);

        Assert.True(result.Exit == 0, result.Stdout + result.Stderr);
        Assert.True(network.RunWhile(() => server.WaitForExit(10_000)), "the server ends after one test");
        hook?.Clear();
        using JsonDocument own = JsonDocument.Parse(result.Stdout);
        CheckTotals(own, host);

        // Both ends tell the same of what the server counts itself (3.12's report leaves the client's counts out).
        using JsonDocument theirs = JsonDocument.Parse(said.GetAwaiter().GetResult());
        Assert.False(theirs.RootElement.TryGetProperty("error", out JsonElement error), error.ToString());
        string counted = options.Contains("-R", StringComparison.Ordinal) ? "sum_sent" : "sum_received";
        Assert.Equal(End(own, counted).GetProperty("bytes").GetInt64(), End(theirs, counted).GetProperty("bytes").GetInt64());
    }

    [RootTheory("iperf3")]
    [InlineData("-u -b 20M")]
    [InlineData("-u -b 20M -R")]
    [InlineData("-u -b 5M -P 3 -l 500")]
    public void The_kernel_s_iperf3_counts_datagrams(string options)
    {
        using TapNetwork network = Build("clean", out Node host, out _);
        host.Processes.Start(host.Root, "iperf3", new Iperf3Server(default, Port));
        using JsonDocument report = Report(RunTool(network, "iperf3", $"-c {TcpTransferTests.HostAddress} -t 2 -J {options}"));
        CheckDatagrams(report, network);
    }

    [RootTheory("iperf3")]
    [InlineData("-u -b 20M")]
    [InlineData("-u -b 20M -R")]
    public void The_emulation_s_iperf3_counts_datagrams(string options)
    {
        using TapNetwork network = Build("clean", out Node host, out _);
        using Process server = Start(network.Space, "iperf3", $"-s -1 -B {TcpTransferTests.KernelAddress}");
        _ = server.StandardOutput.ReadToEndAsync();
        AwaitPort(network, Port);
        CommandResult result = new CommandExecutor(StandardCommands.CreateRegistry()).RunToCompletion(
            host.Root, $"iperf3 -c {TcpTransferTests.KernelAddress} -t 2 -J {options}", s_patience);
        Assert.True(result.Exit == 0, result.Stdout + result.Stderr);
        Assert.True(network.RunWhile(() => server.WaitForExit(10_000)), "the server ends after one test");
        using JsonDocument report = JsonDocument.Parse(result.Stdout);
        CheckDatagrams(report, network);
    }

    [RootTheory("curl")]
    [MemberData(nameof(Paths))]
    public void The_kernel_s_curl_gets_and_puts_what_the_emulation_s_server_has_and_takes(string path)
    {
        using TapNetwork network = Build(path, out Node host, out PathHook? hook);
        host.Processes.Start(host.Root, "http", new HttpServer(default, WebPort));
        string file = Path.GetTempFileName();
        try
        {
            string url = $"http://{TcpTransferTests.HostAddress}:{WebPort}";
            string got = RunTool(network, "curl", $"-sS -o {file} -w %{{http_code}} {url}/bytes/{s_length}");
            Assert.Equal("200", got);
            Assert.Equal(AlphabetHash(s_length), Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));

            string put = RunTool(network, "curl", $"-sS -T {file} {url}/there");
            Assert.Equal($"{s_length} bytes\n", put);
        }
        finally
        {
            File.Delete(file);
        }

        hook?.Clear();
    }

    [RootTheory("python3")]
    [MemberData(nameof(Paths))]
    public void The_emulation_gets_by_HTTP_what_a_server_behind_the_kernel_has(string path)
    {
        using TapNetwork network = Build(path, out Node host, out PathHook? hook);
        string folder = Directory.CreateTempSubdirectory("netemu-web").FullName;
        try
        {
            byte[] content = new byte[s_length];
            TransferContent.Fill(content, 0);
            File.WriteAllBytes($"{folder}/content", content);
            using Process server = Start(network.Space, "python3", $"-m http.server --bind {TcpTransferTests.KernelAddress} --directory {folder} {WebPort}");
            _ = server.StandardOutput.ReadToEndAsync();
            _ = server.StandardError.ReadToEndAsync();
            try
            {
                AwaitPort(network, WebPort);
                Fetch fetch = new();
                host.Processes.Start(host.Root, "fetch", fetch);
                Assert.True(network.RunUntil(s_patience, () => fetch.Exchange is { Progress: HttpProgress.Complete }), $"{fetch.Exchange?.Progress}");
                Assert.Equal(200, fetch.Exchange!.Status);
                Assert.Equal(TransferContent.Expected(s_length), Convert.ToHexString(SHA256.HashData(fetch.Exchange.Body)));

                CommandResult curl = new CommandExecutor(StandardCommands.CreateRegistry()).RunToCompletion(
                    host.Root,
                    $"curl -sS -o /dev/null -w '%{{http_code}} %{{size_download}}' http://{TcpTransferTests.KernelAddress}:{WebPort}/content",
                    s_patience);
                Assert.Equal((0, $"200 {s_length}", string.Empty), (curl.Exit, curl.Stdout, curl.Stderr));
            }
            finally
            {
                server.Kill(entireProcessTree: true);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        hook?.Clear();
    }

    private static TapNetwork Build(string path, out Node host, out PathHook? hook) =>
        TcpTransferTests.Build(TransferPath.All.Single(p => p.Name == path), out host, out hook);

    /// <summary>What was asked for was sent, and all of it but what buffers held at the end was received.</summary>
    private void CheckTotals(JsonDocument report, Node host)
    {
        long sent = End(report, "sum_sent").GetProperty("bytes").GetInt64();
        long received = Received(report);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{End(report, "sum_received").GetProperty("bits_per_second").GetDouble() / 8e6:f1} MB/s, sent {sent}, received {received}, "
            + $"sent again by the emulation {host.Root.Tcp.Counters.RetransSegs}"));
        Assert.InRange(sent, s_length, s_length + (32L << 20));
        Assert.InRange(received, sent - (32L << 20), sent);
    }

    /// <summary>Nearly all arrive, unless the machine has held the engine up for longer than the TAP's queue lasts: that loses by right.</summary>
    private static void CheckDatagrams(JsonDocument report, TapNetwork network)
    {
        JsonElement sum = End(report, "sum");
        Assert.True(sum.GetProperty("packets").GetInt64() > 500, sum.ToString());
        bool heldUp = network.Pace.MaximumLag.Nanoseconds > 50_000_000;
        Assert.True(sum.GetProperty("lost_percent").GetDouble() < (heldUp ? 90 : 5), sum.ToString());
        Assert.InRange(sum.GetProperty("bits_per_second").GetDouble(), 10e6, 25e6);
    }

    private static long Received(JsonDocument report) => End(report, "sum_received").GetProperty("bytes").GetInt64();

    private static JsonElement End(JsonDocument report, string name) =>
        report.RootElement.GetProperty("end").GetProperty(name);

    private static JsonDocument Report(string text)
    {
        JsonDocument report = JsonDocument.Parse(text);
        Assert.False(report.RootElement.TryGetProperty("error", out JsonElement error), error.ToString());
        return report;
    }

    /// <summary>A program inside the namespace, run to its good end while the network runs.</summary>
    private static string RunTool(TapNetwork network, string program, string arguments)
    {
        try
        {
            return network.RunWhile(() => RunTool(network.Space, program, arguments));
        }
        catch (TimeoutException e)
        {
            Assert.Fail($"{e.Message}\n{Sockets(network)}");
            throw;
        }
    }

    /// <summary>The connections of the emulation.</summary>
    private static string Sockets(TapNetwork network) =>
        string.Join('\n', network.Emulation.Nodes.SelectMany(n => n.Root.Tcp.Connections()).Select(c =>
            $"{c}: {c.UnacknowledgedBytes} unacknowledged, {c.UnreadBytes} unread, window {c.CongestionWindow}, timer {c.Timer} at {c.TimerDue}"))
        + $"\nnow {network.Emulation.Now}";

    private static string RunTool(KernelNamespace space, string program, string arguments)
    {
        using Process process = Start(space, program, arguments);
        Task<string> text = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit((int)s_patience.Milliseconds))
        {
            string sockets = ExternalTool.Require("ip").Run("netns", "exec", space.Name!, "ss", "-tanieo").Output;
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {arguments} did not end\n{sockets}");
        }

        process.WaitForExit();
        string said = text.GetAwaiter().GetResult();
        Assert.True(process.ExitCode == 0, said + errors.GetAwaiter().GetResult());
        return said;
    }

    private static Process Start(KernelNamespace space, string program, string arguments) =>
        Process.Start(new ProcessStartInfo("ip", $"netns exec {space.Name} {program} {arguments}")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    /// <summary>Waits until somebody listens on a port of the namespace.</summary>
    private static void AwaitPort(TapNetwork network, int port)
    {
        ExternalTool ip = ExternalTool.Require("ip");
        for (int i = 0; i < 100; i++)
        {
            if (network.RunWhile(() => ip.Run("netns", "exec", network.Space.Name!, "ss", "-Hltn", $"sport = :{port}")).Output.Length > 0)
            {
                return;
            }

            network.RunUntil(Duration.FromMilliseconds(100), () => false);
        }

        Assert.Fail($"nobody listens on port {port}");
    }

    /// <summary>The hash of what /bytes/N brings: the alphabet over and over.</summary>
    private static string AlphabetHash(long length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)('a' + (i % 26));
        }

        return Convert.ToHexString(SHA256.HashData(bytes));
    }

    private sealed class Fetch : IProgram
    {
        public HttpExchange? Exchange { get; private set; }

        public async ProcessTask<int> RunAsync(Netemu.Engine.Processes.Process process)
        {
            Exchange = new HttpExchange(process, new HttpRequest
            {
                Address = InternetAddress.Parse(TcpTransferTests.KernelAddress),
                Port = WebPort,
                Target = "/content",
                Host = TcpTransferTests.KernelAddress,
            });
            await Exchange.RunAsync();
            return 0;
        }
    }
}
