namespace Netemu.Felix.Messages;

/// <summary>A new IP set with all its members.</summary>
public sealed record IPSetUpdate(string Id, IPSetType Type, MemberVersion Members) : DataplaneMessage;
