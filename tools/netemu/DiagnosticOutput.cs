using System.Collections.Generic;
using System.Text.Json;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Loading;

namespace Netemu.Cli;

/// <summary>Writes findings as one JSON document.</summary>
internal static class DiagnosticOutput
{
    public static void WriteJson(IReadOnlyList<Diagnostic> diagnostics, Terminal terminal)
    {
        terminal.OutputWriter.Flush();
        using (Utf8JsonWriter writer = new(terminal.Output, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "netemu/v1");
            writer.WriteString("kind", "Diagnostics");
            writer.WritePropertyName("diagnostics");
            DiagnosticJson.Write(writer, diagnostics);
            writer.WriteEndObject();
        }

        terminal.OutputWriter.WriteLine();
    }
}
