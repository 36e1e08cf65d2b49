using System;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>
/// A BIRD in a network namespace of its own, joined to this process's namespace by a veth: 10.255.N.2 and fd00:ff:N::2
/// there, 10.255.N.1 and fd00:ff:N::1 here. Everything goes when it is disposed.
/// </summary>
internal sealed class BirdDaemon : IDisposable
{
    private static int s_count;

    private readonly string _namespace;
    private readonly string _device;
    private readonly string _directory;
    private readonly Process _process;

    public BirdDaemon(string configuration, int extraAddresses = 0)
    {
        int number = Interlocked.Increment(ref s_count);
        Subnet = (Environment.ProcessId % 120) + (number * 120 % 240);
        _namespace = $"nb{Environment.ProcessId}-{number}";
        _device = $"nb{Environment.ProcessId % 100000}-{number}";
        _directory = Directory.CreateTempSubdirectory("netemu-bird").FullName;
        Ip($"netns add {_namespace}");
        Ip($"link add {_device} type veth peer name eth0 netns {_namespace}");
        for (int i = 0; i <= extraAddresses; i++)
        {
            Ip($"addr add 10.255.{Subnet}.{(i == 0 ? 1 : i + 2)}/24 dev {_device}");
        }

        Ip($"addr add fd00:ff:{Subnet}::1/64 dev {_device} nodad");
        Ip($"link set {_device} up");
        Ip($"-n {_namespace} addr add 10.255.{Subnet}.2/24 dev eth0");
        Ip($"-n {_namespace} addr add fd00:ff:{Subnet}::2/64 dev eth0 nodad");
        Ip($"-n {_namespace} link set eth0 up");
        Ip($"-n {_namespace} link set lo up");
        string file = Path.Combine(_directory, "bird.conf");
        string text = "log \"" + Path.Combine(_directory, "bird.log") + "\" all;\nprotocol device { scan time 60; }\n" + configuration;
        File.WriteAllText(file, text.Replace("SUBNET", $"{Subnet}", StringComparison.Ordinal));
        _process = Process.Start(new ProcessStartInfo(
            "ip", $"netns exec {_namespace} /usr/sbin/bird -f -c {file} -s {Control} -P {Path.Combine(_directory, "pid")}"))!;
    }

    /// <summary>The third octet of the veth's subnet.</summary>
    public int Subnet { get; }

    private string Control => Path.Combine(_directory, "ctl");

    /// <summary>The answer of birdc.</summary>
    public string Ask(string command) => Run("/usr/sbin/birdc", $"-s {Control} {command}", mustSucceed: false);

    public string Log()
    {
        string log = Path.Combine(_directory, "bird.log");
        return File.Exists(log) ? File.ReadAllText(log) : "";
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Ip($"link del {_device}");
        Ip($"netns del {_namespace}");
        Directory.Delete(_directory, recursive: true);
    }

    private static void Ip(string arguments) => Run("ip", arguments, mustSucceed: true);

    private static string Run(string program, string arguments, bool mustSucceed)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return !mustSucceed || process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {arguments}: {errors}");
    }
}
