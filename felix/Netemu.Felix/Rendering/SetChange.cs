using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Rendering;

/// <summary>
/// What changes in one set. A new set, or one that is replaced as a whole, lists all members as added; <c>Members</c> is
/// what comes out, of both families.
/// </summary>
public sealed record SetChange(
    string Name,
    AddressFamily Family,
    IPSetType Type,
    bool IsReplaced,
    IReadOnlyList<IPSetMember> Gained,
    IReadOnlyList<IPSetMember> Removed,
    MemberVersion Members)
{
    /// <summary>The members to write; of a set that is replaced, all of them.</summary>
    public IReadOnlyList<IPSetMember> Added => IsReplaced ? [.. Members.Sorted.Where(member => member.Net.Family == Family)] : Gained;

    /// <summary>How many there are to write.</summary>
    public int AddedCount => IsReplaced ? Members.Count : Gained.Count;
}
