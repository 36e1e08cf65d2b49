namespace Netemu.Felix.Messages;

/// <summary>No announced policy or profile refers to the set any more.</summary>
public sealed record IPSetRemove(string Id) : DataplaneMessage;
