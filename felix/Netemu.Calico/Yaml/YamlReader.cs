using System.Collections.Generic;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Yaml;

/// <summary>
/// Reads a YAML stream into positioned trees. Malformed or hostile text becomes findings in the bag, never an exception;
/// a syntax error ends its file, and the documents before it are returned.
/// </summary>
public static class YamlReader
{
    /// <summary>The documents of <paramref name="text"/> in order, empty ones left out.</summary>
    public static IReadOnlyList<YamlNode> Read(string text, string file, DiagnosticBag diagnostics)
    {
        if (!YamlText.Check(text, file, diagnostics))
        {
            return [];
        }

        List<YamlNode> documents = [];
        new YamlTreeBuilder(text, file, diagnostics).ReadInto(documents);
        return documents;
    }
}
