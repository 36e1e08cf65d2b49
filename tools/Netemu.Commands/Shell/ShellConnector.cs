namespace Netemu.Commands.Shell;

/// <summary>When a pipeline runs, given the exit code of the one before it.</summary>
public enum ShellConnector
{
    /// <summary>After `;`, a line break, or at the start.</summary>
    Always,

    /// <summary>After `&amp;&amp;`.</summary>
    IfSucceeded,

    /// <summary>After `||`.</summary>
    IfFailed,
}
