namespace Netemu.Core.Diagnostics;

/// <summary>
/// A finding in an input: a code ("E1203"; E for errors, W for warnings, U for unsupported), a message that names the
/// offending text in single quotes, its place, and a hint that says what to write instead.
/// </summary>
public sealed record Diagnostic(
    DiagnosticSeverity Severity,
    string Code,
    string Message,
    SourceRange Range,
    string? Hint = null)
{
    public override string ToString() =>
        $"{Range}: {(Severity == DiagnosticSeverity.Warning ? "warning" : "error")} {Code}: {Message}";
}
