using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Netemu.Architecture.Tests;

/// <summary>The built assemblies, as metadata.</summary>
internal static class Product
{
    /// <summary>What each assembly may know of the others and of packages (ARCHITECTURE section 2).</summary>
    public static IReadOnlyDictionary<string, string[]> AllowedReferences { get; } = new SortedDictionary<string, string[]>
    {
        ["Netemu.Core"] = [],
        ["Netemu.Engine"] = ["Netemu.Core"],
        ["Netemu.Engine.Linux"] = ["Netemu.Core", "Netemu.Engine"],
        ["Netemu.Bgp"] = ["Netemu.Core"],
        ["Netemu.Bgp.Sockets"] = ["Netemu.Core", "Netemu.Bgp"],
        ["Netemu.Calico"] = ["Netemu.Core", "YamlDotNet"],
        ["Netemu.Felix"] = ["Netemu.Core", "Netemu.Engine", "Netemu.Calico"],
        ["Netemu.Topologies"] =
            ["Netemu.Core", "Netemu.Engine", "Netemu.Bgp", "Netemu.Calico", "Netemu.Felix", "YamlDotNet"],
        ["Netemu.Commands"] =
            ["Netemu.Core", "Netemu.Engine", "Netemu.Bgp", "Netemu.Calico", "Netemu.Felix", "Netemu.Topologies"],
        ["netemu"] =
        [
            "Netemu.Core", "Netemu.Engine", "Netemu.Engine.Linux", "Netemu.Bgp", "Netemu.Bgp.Sockets", "Netemu.Calico",
            "Netemu.Felix", "Netemu.Topologies", "Netemu.Commands", "System.CommandLine", "Spectre.Console",
        ],
    };

    /// <summary>Assemblies that run on the one worker, in virtual time.</summary>
    public static IReadOnlyList<string> Core { get; } =
    [
        "Netemu.Core", "Netemu.Engine", "Netemu.Bgp", "Netemu.Calico", "Netemu.Felix", "Netemu.Topologies", "Netemu.Commands",
    ];

    public static TheoryData<string> All => [.. AllowedReferences.Keys];

    public static TheoryData<string> CoreAssemblies => [.. Core];

    public static Assembly Load(string name) => Assembly.Load(new AssemblyName(name));

    /// <summary>Reads one thing from an assembly's metadata.</summary>
    public static T Inspect<T>(string name, Func<MetadataReader, T> query)
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"));
        using PEReader image = new(file);
        return query(image.GetMetadataReader());
    }

    /// <summary>The types of other assemblies that an assembly uses, with their namespaces.</summary>
    public static string[] ForeignTypes(string name) => Inspect(name, metadata => metadata.TypeReferences
        .Select(handle => FullName(metadata, metadata.GetTypeReference(handle)))
        .Order(StringComparer.Ordinal)
        .ToArray());

    /// <summary>The members of other assemblies that an assembly uses, as "Namespace.Type::Member".</summary>
    public static string[] ForeignMembers(string name) => Inspect(name, metadata => metadata.MemberReferences
        .Select(handle => metadata.GetMemberReference(handle))
        .Where(member => member.Parent.Kind == HandleKind.TypeReference)
        .Select(member =>
            FullName(metadata, metadata.GetTypeReference((TypeReferenceHandle)member.Parent)) + "::" + metadata.GetString(member.Name))
        .Order(StringComparer.Ordinal)
        .ToArray());

    private static string FullName(MetadataReader metadata, TypeReference type)
    {
        string name = metadata.GetString(type.Name);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            return FullName(metadata, metadata.GetTypeReference((TypeReferenceHandle)type.ResolutionScope)) + "." + name;
        }

        return metadata.GetString(type.Namespace) + "." + name;
    }
}
