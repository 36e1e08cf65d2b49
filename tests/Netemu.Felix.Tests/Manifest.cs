using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Binding;
using Netemu.Calico.Resources;
using Netemu.Calico.Yaml;
using Netemu.Core.Diagnostics;

namespace Netemu.Felix.Tests;

/// <summary>Reads the resources of a test from YAML; a finding fails the test.</summary>
internal static class Manifest
{
    public static IReadOnlyList<Resource> Read(string yaml)
    {
        DiagnosticBag diagnostics = new();
        ResourceReader reader = new(diagnostics);
        List<Resource> resources = [.. YamlReader.Read(yaml, "test.yaml", diagnostics).SelectMany(reader.Read)];
        Assert.True(diagnostics.Items.Count == 0, string.Join("\n", diagnostics.Items));
        return resources;
    }
}
