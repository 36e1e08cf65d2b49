using System.Collections.Generic;

namespace Netemu.Felix.Messages;

/// <summary>A new IP set with all its members, sorted.</summary>
public sealed record IPSetUpdate(string Id, IPSetType Type, IReadOnlyList<IPSetMember> Members) : DataplaneMessage;
