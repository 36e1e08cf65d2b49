using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Netemu.Architecture.Tests;

/// <summary>
/// All of it can be compiled to native code ahead of time: no member is used that makes code while it runs, or that finds types
/// which the compiler cannot see. The compiler itself says the same of the packages, when it publishes.
/// </summary>
public sealed class NativeTests
{
    private static readonly Type[] Unfit = [typeof(RequiresDynamicCodeAttribute), typeof(RequiresUnreferencedCodeAttribute)];

    [Theory]
    [MemberData(nameof(Product.All), MemberType = typeof(Product))]
    public void No_member_is_used_that_needs_a_compiler_or_types_unseen(string assembly) =>
        Assert.Empty(UsedMembers(assembly).Where(NeedsMore).Select(member => $"{member.DeclaringType}::{member.Name}"));

    [Fact]
    public void A_member_that_serializes_by_reflection_would_be_found() => Assert.Contains(
        typeof(System.Text.Json.JsonSerializer).GetMethods().Where(NeedsMore),
        method => method.Name == nameof(System.Text.Json.JsonSerializer.Deserialize));

    /// <summary>The members of other assemblies' types that an assembly uses, but for those of constructed types.</summary>
    private static IEnumerable<MemberInfo> UsedMembers(string assembly)
    {
        Module module = Product.Load(assembly).ManifestModule;
        return Product.Inspect(assembly, metadata => metadata.MemberReferences
                .Where(handle => metadata.GetMemberReference(handle).Parent.Kind == HandleKind.TypeReference)
                .Select(handle => MetadataTokens.GetToken(handle))
                .ToArray())
            .Select(token => module.ResolveMember(token)!);
    }

    private static bool NeedsMore(MemberInfo member) =>
        Unfit.Any(attribute => member.IsDefined(attribute, inherit: false) || member.DeclaringType!.IsDefined(attribute, inherit: false));
}
