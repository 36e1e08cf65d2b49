using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace Netemu.Architecture.Tests;

/// <summary>Who knows whom, and who touches the machine.</summary>
public sealed class ReferenceTests
{
    private const string Interop = "Netemu.Engine.Linux";

    /// <summary>Protocol code and the engine see no file, socket, process or console: edges inject what they need.</summary>
    private static readonly string[] Machine =
    [
        "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream", "System.IO.Directory", "System.IO.DirectoryInfo",
        "System.Net.Sockets.", "System.Net.Dns", "System.Diagnostics.Process", "System.Console",
    ];

    /// <summary>What of <see cref="Environment"/> the compiler itself uses, in iterators.</summary>
    private const string UsedByCompiler = "System.Environment::get_CurrentManagedThreadId";

    [Theory]
    [MemberData(nameof(Product.All), MemberType = typeof(Product))]
    public void An_assembly_references_only_what_lies_below_it(string assembly)
    {
        string[] references = Product.Inspect(assembly, metadata => metadata.AssemblyReferences
            .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) || name == "System.CommandLine")
            .ToArray());

        Assert.Empty(references.Except(Product.AllowedReferences[assembly]).Except(["System", "netstandard"]));
    }

    [Theory]
    [MemberData(nameof(Product.All), MemberType = typeof(Product))]
    public void Only_the_Linux_edge_calls_native_code(string assembly)
    {
        string[] imports = Product.Inspect(assembly, metadata => metadata.MethodDefinitions
            .Select(handle => metadata.GetMethodDefinition(handle))
            .Where(method => (method.Attributes & MethodAttributes.PinvokeImpl) != 0)
            .Select(method => metadata.GetString(method.Name))
            .ToArray());

        Assert.True(imports.Length == 0 || assembly == Interop, $"{assembly} imports {string.Join(", ", imports)}");
    }

    [Fact]
    public void Only_the_Linux_edge_may_be_unsafe()
    {
        IEnumerable<string> projects = Repository.Files("*.csproj", Repository.ProductFolders)
            .Where(path => Repository.Read(path).Contains("AllowUnsafeBlocks", StringComparison.Ordinal));

        Assert.All(projects, path => Assert.EndsWith($"{Interop}.csproj", path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Netemu.Core")]
    [InlineData("Netemu.Engine")]
    [InlineData("Netemu.Bgp")]
    [InlineData("Netemu.Calico")]
    [InlineData("Netemu.Felix")]
    public void Protocols_and_engine_do_not_touch_the_machine(string assembly)
    {
        Assert.DoesNotContain(Product.ForeignTypes(assembly), type => Machine.Any(machine =>
            machine.EndsWith('.') ? type.StartsWith(machine, StringComparison.Ordinal) : type == machine));
        Assert.DoesNotContain(Product.ForeignMembers(assembly), member =>
            member.StartsWith("System.Environment::", StringComparison.Ordinal) && member != UsedByCompiler);
    }
}
