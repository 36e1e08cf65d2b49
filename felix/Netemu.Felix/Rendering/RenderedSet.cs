using System.Collections.Generic;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Rendering;

/// <summary>A set to be in the kernel, of one family, with all its members in order.</summary>
public sealed record RenderedSet(string Name, IPSetType Type, IReadOnlyCollection<IPSetMember> Members)
{
    /// <summary>The version that the members come from, of both families.</summary>
    public required MemberVersion Version { get; init; }
}
