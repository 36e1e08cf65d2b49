using System;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Shell;

/// <summary>The files below /proc/sys, for `cat`, `echo` and redirections.</summary>
internal static class ProcFiles
{
    private const string Root = "/proc/sys/";

    /// <summary>What `cat` shows of a file; null if there is none.</summary>
    public static string? Read(NetworkNamespace space, string path) =>
        path.StartsWith(Root, StringComparison.Ordinal)
            && SysctlTable.TryRead(space, KeyOf(path), out string value) == SysctlError.None
            ? value + "\n"
            : null;

    /// <summary>Writes a file as `echo VALUE >` does; errors in the shell's and echo's words.</summary>
    public static CommandResult Write(NetworkNamespace space, string command, string path, string text) =>
        SysctlTable.TryWrite(space, KeyOf(path), text) switch
        {
            SysctlError.None => CommandResult.Success,
            SysctlError.NotFound => CommandResult.Failure(2, $"sh: 1: cannot create {path}: Directory nonexistent"),
            SysctlError.Invalid => CommandResult.Failure(1, $"sh: {command}: I/O error: Invalid argument"),
            _ => CommandResult.Failure(1, $"sh: {command}: I/O error: Operation not supported"),
        };

    private static string KeyOf(string path) => path[Root.Length..];
}
