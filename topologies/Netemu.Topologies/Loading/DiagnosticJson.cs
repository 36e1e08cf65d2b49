using System.Collections.Generic;
using System.Text.Json;
using Netemu.Core.Diagnostics;

namespace Netemu.Topologies.Loading;

/// <summary>Writes findings as JSON: file, range, severity, code, message and hint.</summary>
public static class DiagnosticJson
{
    /// <summary>Writes an array of all findings.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<Diagnostic> diagnostics)
    {
        writer.WriteStartArray();
        foreach (Diagnostic diagnostic in diagnostics)
        {
            Write(writer, diagnostic);
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, Diagnostic diagnostic)
    {
        writer.WriteStartObject();
        writer.WriteString("file", diagnostic.Range.File);
        writer.WriteStartObject("range");
        writer.WriteNumber("line", diagnostic.Range.Line);
        writer.WriteNumber("column", diagnostic.Range.Column);
        writer.WriteNumber("endLine", diagnostic.Range.EndLine);
        writer.WriteNumber("endColumn", diagnostic.Range.EndColumn);
        writer.WriteEndObject();
        writer.WriteString("severity", diagnostic.Severity switch
        {
            DiagnosticSeverity.Warning => "warning",
            DiagnosticSeverity.Unsupported => "unsupported",
            _ => "error",
        });
        writer.WriteString("code", diagnostic.Code);
        writer.WriteString("message", diagnostic.Message);
        if (diagnostic.Hint is { } hint)
        {
            writer.WriteString("hint", hint);
        }
        else
        {
            writer.WriteNull("hint");
        }

        writer.WriteEndObject();
    }
}
