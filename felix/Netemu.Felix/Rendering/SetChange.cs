using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Rendering;

/// <summary>What changes in one set. A new set, or one that is replaced as a whole, lists all members as added.</summary>
public sealed record SetChange(
    string Name,
    AddressFamily Family,
    IPSetType Type,
    bool IsReplaced,
    IReadOnlyList<IPSetMember> Added,
    IReadOnlyList<IPSetMember> Removed);
