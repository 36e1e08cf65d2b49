using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Binding;
using Netemu.Calico.Resources;
using Netemu.Calico.Yaml;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Tests;

/// <summary>Reads the resources of a test from YAML.</summary>
internal static class Manifest
{
    /// <summary>Valid resources; a finding fails the test.</summary>
    public static IReadOnlyList<Resource> Read(string yaml)
    {
        IReadOnlyList<Resource> resources = Read(yaml, out IReadOnlyList<Diagnostic> findings);
        Assert.True(findings.Count == 0, string.Join("\n", findings));
        return resources;
    }

    public static IReadOnlyList<Resource> Read(string yaml, out IReadOnlyList<Diagnostic> findings)
    {
        DiagnosticBag diagnostics = new();
        ResourceReader reader = new(diagnostics);
        List<Resource> resources = [.. YamlReader.Read(yaml, "test.yaml", diagnostics).SelectMany(reader.Read)];
        findings = diagnostics.Items;
        return resources;
    }
}
