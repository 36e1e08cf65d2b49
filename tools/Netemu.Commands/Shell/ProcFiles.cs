using System;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Shell;

/// <summary>The files that a namespace has: those below /proc/sys, /etc/resolv.conf and /etc/hosts.</summary>
internal static class ProcFiles
{
    private const string Root = "/proc/sys/";
    private const string Resolv = "/etc/resolv.conf";
    private const string Hosts = "/etc/hosts";

    /// <summary>True for a file that a redirection may name.</summary>
    public static bool IsWritable(string path) => path.StartsWith(Root, StringComparison.Ordinal) || path is Resolv or Hosts;

    /// <summary>What `cat` shows of a file; null if there is none.</summary>
    public static string? Read(NetworkNamespace space, string path) => path switch
    {
        Resolv => space.Names.ResolvText,
        Hosts => space.Names.HostsText,
        _ when path.StartsWith(Root, StringComparison.Ordinal)
            && SysctlTable.TryRead(space, KeyOf(path), out string value) == SysctlError.None => value + "\n",
        _ => null,
    };

    /// <summary>Writes a file as `echo VALUE >` does; errors in the shell's and echo's words.</summary>
    public static CommandResult Write(NetworkNamespace space, string command, string path, string text, bool appends)
    {
        switch (path)
        {
            case Resolv:
                space.Names.WriteResolv(appends ? space.Names.ResolvText + text : text);
                return CommandResult.Success;
            case Hosts:
                space.Names.WriteHosts(appends ? space.Names.HostsText + text : text);
                return CommandResult.Success;
            default:
                return SysctlTable.TryWrite(space, KeyOf(path), text) switch
                {
                    SysctlError.None => CommandResult.Success,
                    SysctlError.NotFound => CommandResult.Failure(2, $"sh: 1: cannot create {path}: Directory nonexistent"),
                    SysctlError.Invalid => CommandResult.Failure(1, $"sh: {command}: I/O error: Invalid argument"),
                    _ => CommandResult.Failure(1, $"sh: {command}: I/O error: Operation not supported"),
                };
        }
    }

    private static string KeyOf(string path) => path[Root.Length..];
}
