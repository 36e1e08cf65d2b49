namespace Netemu.Core.Diagnostics;

/// <summary>How bad a finding in an input is.</summary>
public enum DiagnosticSeverity : byte
{
    /// <summary>The run goes on.</summary>
    Warning,

    /// <summary>Invalid input: nothing runs (exit code 3).</summary>
    Error,

    /// <summary>Valid input that asks for a feature netemu does not have (exit code 4).</summary>
    Unsupported,
}
