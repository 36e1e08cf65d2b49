using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Netemu.Commands;
using Netemu.Commands.Shell;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Live.Tests.Commands;

/// <summary>
/// The same command lines in namespaces of the kernel and in the engine's: what both print, and their exit codes, must be the
/// same. A namespace is written {name} in commands; IPv6 is off.
/// </summary>
internal sealed class CommandLab : IDisposable
{
    private static readonly ExternalTool Ip = ExternalTool.Require("ip");
    private static int _labs;

    private readonly string _prefix = $"netemu-cmd-{Environment.ProcessId}-{Interlocked.Increment(ref _labs)}-";
    private readonly Emulation _emulation = new(EmulationOptions.Default);
    private readonly CommandExecutor _executor = new(StandardCommands.CreateRegistry());
    private readonly Node _node;
    private readonly List<string> _spaces = [];

    public CommandLab(params string[] spaces)
    {
        _node = _emulation.AddNode("n");
        foreach (string space in spaces)
        {
            _spaces.Add(space);
            Ip.Run("netns", "add", _prefix + space);
            _node.AddNamespace(space);
            Kernel(space, "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 net.ipv4.conf.all.rp_filter=0 "
                + "net.ipv4.conf.default.rp_filter=0");
            Both(space, "ip link set lo up");
        }
    }

    public void Dispose()
    {
        foreach (string space in _spaces)
        {
            Ip.Run("netns", "del", _prefix + space);
        }

        Assert.Equal(_emulation.Frames.Outstanding, _emulation.CountHeldFrames());
    }

    /// <summary>Runs a command on both sides; it must succeed.</summary>
    public void Both(string space, string command)
    {
        Assert.Equal($"{command}\n? 0", Compared(command, Kernel(space, command), withOutput: false));
        Assert.Equal($"{command}\n? 0", Compared(command, Engine(space, command), withOutput: false));
    }

    /// <summary>Does the same by commands that differ, because one side lacks an option.</summary>
    public void Each(string space, string kernelCommand, string engineCommand)
    {
        Kernel(space, kernelCommand);
        Engine(space, engineCommand);
    }

    /// <summary>Runs several.</summary>
    public void Both(string space, params string[] commands)
    {
        foreach (string command in commands)
        {
            Both(space, command);
        }
    }

    /// <summary>Runs a command on both sides and compares output, errors and exit code.</summary>
    public void Same(string space, string command)
    {
        string kernel = Compared(command, Kernel(space, command), withOutput: true);
        string engine = Compared(command, Engine(space, command), withOutput: true);
        Assert.Equal(kernel, engine);
    }

    /// <summary>What each side prints.</summary>
    public (string Kernel, string Engine) Outputs(string space, string command) =>
        (Kernel(space, command).Output, Engine(space, command).Output);

    /// <summary>Lets time pass on both sides.</summary>
    public void Wait(TimeSpan time)
    {
        Thread.Sleep(time);
        _emulation.RunUntil(_emulation.Now + time);
    }

    private static string Compared(string command, (string Output, string Errors, int Exit) result, bool withOutput) =>
        withOutput
            ? $"{command}\n{result.Output}{result.Errors}? {result.Exit}"
            : result.Exit == 0 ? $"{command}\n? 0" : $"{command}\n{result.Errors}? {result.Exit}";

    private (string Output, string Errors, int Exit) Kernel(string space, string command)
    {
        string line = _spaces.Aggregate(command, (c, s) => c.Replace($"{{{s}}}", _prefix + s, StringComparison.Ordinal));
        ExternalToolResult result = Ip.Run("netns", "exec", _prefix + space, "sh", "-c", line);
        return (
            result.Output.Replace(_prefix, string.Empty, StringComparison.Ordinal),
            result.Error.Replace(_prefix, string.Empty, StringComparison.Ordinal),
            result.ExitCode);
    }

    private (string Output, string Errors, int Exit) Engine(string space, string command)
    {
        string line = _spaces.Aggregate(command, (c, s) => c.Replace($"{{{s}}}", s, StringComparison.Ordinal));
        NetworkNamespace target = _node.FindNamespace(space)!;
        CommandResult result = _executor.RunToCompletion(target, line, Duration.FromSeconds(60));
        string errors = string.Concat(
            result.Stderr.Split('\n').Where(l => !l.StartsWith("hint:", StringComparison.Ordinal)).Select((l, i) => i == 0 ? l : "\n" + l));
        return (result.Stdout, errors, result.Exit);
    }
}
