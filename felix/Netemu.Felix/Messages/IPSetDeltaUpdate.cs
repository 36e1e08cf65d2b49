using System.Collections.Generic;

namespace Netemu.Felix.Messages;

/// <summary>Members that an announced IP set gains and loses, each sorted, and the whole that comes out.</summary>
public sealed record IPSetDeltaUpdate(
    string Id, IReadOnlyList<IPSetMember> Added, IReadOnlyList<IPSetMember> Removed, MemberVersion Members) : DataplaneMessage;
