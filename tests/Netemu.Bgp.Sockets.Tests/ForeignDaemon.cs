using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>
/// A routing daemon of somebody else in a network namespace of its own, joined to this one by a veth: 10.254.N.2 and
/// fd00:fe:N::2 there, 10.254.N.1 and fd00:fe:N::1 here. Everything goes when it is disposed.
/// </summary>
internal sealed class ForeignDaemon : IDisposable
{
    private static int s_count;

    private readonly string _namespace;
    private readonly string _device;
    private Process _process;

    /// <param name="file">The name of its configuration file.</param>
    /// <param name="configuration">Its text; NET stands for the subnet's number, DIR for the daemon's directory.</param>
    /// <param name="command">Program and arguments, with the same words.</param>
    public ForeignDaemon(string file, string configuration, string command)
    {
        int number = Interlocked.Increment(ref s_count);
        Net = (Environment.ProcessId + number) % 250;
        _namespace = $"nf{Environment.ProcessId}-{number}";
        _device = $"nf{Environment.ProcessId % 100000}-{number}";
        Folder = Directory.CreateTempSubdirectory("netemu-daemon").FullName;
        Ip($"netns add {_namespace}");
        Ip($"link add {_device} type veth peer name eth0 netns {_namespace}");
        Ip($"addr add 10.254.{Net}.1/24 dev {_device}");
        Ip($"addr add fd00:fe:{Net}::1/64 dev {_device} nodad");
        Ip($"link set {_device} up");
        Ip($"-n {_namespace} addr add 10.254.{Net}.2/24 dev eth0");
        Ip($"-n {_namespace} addr add fd00:fe:{Net}::2/64 dev eth0 nodad");
        Ip($"-n {_namespace} link set eth0 up");
        Ip($"-n {_namespace} link set lo up");
        string path = Path.Combine(Folder, file);
        File.WriteAllText(path, Fill(configuration));
        _process = Start(command);
    }

    /// <summary>Kills it without a farewell, and starts it again.</summary>
    public void Restart(string command, Action between)
    {
        Kill();
        between();
        Begin(command);
    }

    /// <summary>Kills it without a farewell.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <summary>Starts it after <see cref="Kill"/>.</summary>
    public void Begin(string command)
    {
        _process.Dispose();
        _process = Start(command);
    }

    private Process Start(string command)
    {
        ProcessStartInfo start = new("ip", $"netns exec {_namespace} {Fill(command)}")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["exabgp.daemon.user"] = "root";
        Process process = Process.Start(start)!;
        process.OutputDataReceived += Note;
        process.ErrorDataReceived += Note;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>The third octet of the veth's subnet.</summary>
    public int Net { get; }

    public string Folder { get; }

    /// <summary>What it has said so far.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    private readonly List<string> _lines = [];

    /// <summary>Gives this end of the veth further addresses: 10.254.N.HOST.</summary>
    public void AddAddresses(int first, int count)
    {
        for (int host = first; host < first + count; host++)
        {
            Ip($"addr add 10.254.{Net}.{host}/24 dev {_device}");
        }
    }

    /// <summary>Runs a command in its namespace.</summary>
    public string Ask(string command) => Run("ip", $"netns exec {_namespace} {Fill(command)}", mustSucceed: false);

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Ip($"link del {_device}");
        Ip($"netns del {_namespace}");
        Directory.Delete(Folder, recursive: true);
    }

    private string Fill(string text) =>
        text.Replace("NET", $"{Net}", StringComparison.Ordinal).Replace("DIR", Folder, StringComparison.Ordinal);

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (_lines)
        {
            _lines.Add(line.Data ?? "");
        }
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
            ? output + errors
            : throw new InvalidOperationException($"{program} {arguments}: {errors}");
    }
}
