using System;
using System.Collections.Generic;
using System.Linq;

namespace Netemu.Architecture.Tests;

/// <summary>Rules for types that their metadata shows.</summary>
public sealed class TypeTests
{
    private static readonly string[] EmptyWords = ["Helper", "Helpers", "Util", "Utils", "Utility", "Common", "Impl", "Misc"];

    [Theory]
    [MemberData(nameof(Product.All), MemberType = typeof(Product))]
    public void A_class_is_sealed_static_or_abstract_unless_another_derives_from_it(string assembly)
    {
        Type[] types = Product.Load(assembly).GetTypes();
        HashSet<Type?> bases = [.. types.Select(type => type.BaseType).Select(type => type is { IsGenericType: true } ? type.GetGenericTypeDefinition() : type)];

        IEnumerable<string?> open = types
            .Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && !type.Name.Contains('<', StringComparison.Ordinal))
            .Where(type => !bases.Contains(type))
            .Select(type => type.FullName);

        Assert.Empty(open);
    }

    [Theory]
    [MemberData(nameof(Product.All), MemberType = typeof(Product))]
    public void No_type_is_named_for_nothing(string assembly)
    {
        IEnumerable<string?> named = Product.Load(assembly).GetTypes()
            .Where(type => EmptyWords.Any(word => type.Name.EndsWith(word, StringComparison.Ordinal))
                || (type.Name.EndsWith("Manager", StringComparison.Ordinal) && assembly != "Netemu.Felix"))
            .Select(type => type.FullName);

        Assert.Empty(named);
    }
}
