using System.Collections.Generic;

namespace Netemu.Core.Diagnostics;

/// <summary>Collects findings in the order they were made, so that one run reports all of them.</summary>
public sealed class DiagnosticBag
{
    private readonly List<Diagnostic> _items = [];

    public IReadOnlyList<Diagnostic> Items => _items;

    public bool HasErrors { get; private set; }

    public void Add(Diagnostic diagnostic)
    {
        _items.Add(diagnostic);
        HasErrors |= diagnostic.Severity != DiagnosticSeverity.Warning;
    }

    public void Error(string code, string message, SourceRange range, string? hint = null) =>
        Add(new Diagnostic(DiagnosticSeverity.Error, code, message, range, hint));

    public void Warning(string code, string message, SourceRange range, string? hint = null) =>
        Add(new Diagnostic(DiagnosticSeverity.Warning, code, message, range, hint));

    public void Unsupported(string code, string message, SourceRange range, string? hint = null) =>
        Add(new Diagnostic(DiagnosticSeverity.Unsupported, code, message, range, hint));
}
