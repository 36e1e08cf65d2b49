using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Reflection;

namespace Netemu.Architecture.Tests;

/// <summary>One worker owns all state, time and chance are injected, and nothing static can change.</summary>
public sealed class StateTests
{
    /// <summary>Static fields of a mutable type that nobody changes, each with the reason why it is one.</summary>
    private static readonly Dictionary<string, string> Constant = new()
    {
        ["Netemu.Engine.Namespaces.NamespaceSettings.Defaults"] = "who writes gets a copy first (WritableSettings)",
        ["Netemu.Calico.Binding.FieldReader._noEntries"] = "empty; given out only as a read-only map",
    };

    /// <summary>What the compiler makes of `event`; the sources themselves may not name it.</summary>
    private const string EventAccessor = "System.Threading.Interlocked";

    private static readonly string[] ClocksAndChance =
    [
        "System.DateTime::get_Now", "System.DateTime::get_UtcNow", "System.DateTimeOffset::get_Now",
        "System.DateTimeOffset::get_UtcNow", "System.Environment::get_TickCount", "System.Environment::get_TickCount64",
        "System.Guid::NewGuid", "System.Diagnostics.Stopwatch::GetTimestamp", "System.Diagnostics.Stopwatch::StartNew",
        "System.Random::.ctor", "System.Random::get_Shared", "System.HashCode::Combine", "System.HashCode::ToHashCode",
    ];

    [Theory]
    [MemberData(nameof(Product.CoreAssemblies), MemberType = typeof(Product))]
    public void No_lock_thread_or_task_is_used(string assembly) =>
        Assert.DoesNotContain(Product.ForeignTypes(assembly), type =>
            (type.StartsWith("System.Threading.", StringComparison.Ordinal) && type != EventAccessor)
            || type.StartsWith("System.Timers.", StringComparison.Ordinal)
            || type.StartsWith("System.Collections.Concurrent.", StringComparison.Ordinal));

    [Fact]
    public void No_core_source_names_interlocked_operations() => Assert.DoesNotContain(
        Repository.Files("*.cs", Repository.ProductFolders).Where(path => Product.Core.Contains(path.Split('/')[1])),
        path => Repository.Read(path).Contains("Interlocked", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Product.CoreAssemblies), MemberType = typeof(Product))]
    public void Neither_clock_nor_chance_of_the_machine_is_used(string assembly) =>
        Assert.Empty(Product.ForeignMembers(assembly).Intersect(ClocksAndChance));

    [Theory]
    [MemberData(nameof(Product.CoreAssemblies), MemberType = typeof(Product))]
    public void No_static_field_can_be_assigned(string assembly)
    {
        IEnumerable<string> assignable = StaticFields(assembly).Where(field => !field.IsInitOnly).Select(Name);

        Assert.Empty(assignable);
    }

    [Theory]
    [MemberData(nameof(Product.CoreAssemblies), MemberType = typeof(Product))]
    public void What_a_static_field_holds_cannot_change(string assembly)
    {
        // A table is a ReadOnlySpan property or an ImmutableArray; anything else is listed above with its reason.
        IEnumerable<string> mutable = StaticFields(assembly)
            .Where(field => IsMutable(field.FieldType))
            .Select(Name)
            .Where(name => !Constant.ContainsKey(name));

        Assert.Empty(mutable);
    }

    [Fact]
    public void The_list_of_constants_names_fields_that_exist()
    {
        HashSet<string> fields = [.. Product.Core.SelectMany(StaticFields).Select(Name)];

        Assert.All(Constant.Keys, name => Assert.Contains(name, fields));
        Assert.All(Constant.Values, Assert.NotEmpty);
    }

    private static IEnumerable<FieldInfo> StaticFields(string assembly) =>
        from type in Product.Load(assembly).GetTypes()
        where !IsMadeByCompiler(type)
        from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        where !field.IsLiteral && !field.Name.StartsWith("<>", StringComparison.Ordinal)
        select field;

    /// <summary>Caches of lambdas and constant data: types whose names no source can have.</summary>
    private static bool IsMadeByCompiler(Type type) =>
        type.Name.StartsWith('<') || (type.DeclaringType is not null && IsMadeByCompiler(type.DeclaringType));

    private static string Name(FieldInfo field) => $"{field.DeclaringType!.FullName}.{field.Name}";

    /// <summary>A collection that is not immutable, or a class or struct of ours with a field that can be assigned.</summary>
    private static bool IsMutable(Type type)
    {
        if (type.IsArray)
        {
            return true;
        }

        if (type.Assembly.GetName().Name!.StartsWith("Netemu.", StringComparison.Ordinal))
        {
            return !type.IsEnum && InstanceFields(type).Any(field => !field.IsInitOnly);
        }

        bool isImmutable = type.Namespace == typeof(ImmutableArray).Namespace
            || type == typeof(string)
            || type.Name.StartsWith("Frozen", StringComparison.Ordinal)
            || type.IsInterface;
        return !isImmutable && typeof(IEnumerable).IsAssignableFrom(type);
    }

    private static IEnumerable<FieldInfo> InstanceFields(Type? type)
    {
        for (; type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }
}
