using System.Collections.Generic;

namespace Netemu.Felix.Messages;

/// <summary>Members that an announced IP set gains and loses, each sorted.</summary>
public sealed record IPSetDeltaUpdate(string Id, IReadOnlyList<IPSetMember> Added, IReadOnlyList<IPSetMember> Removed)
    : DataplaneMessage;
