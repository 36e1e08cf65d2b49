namespace Netemu.Felix.Messages;

/// <summary>No endpoint of this node names the profile any more, or it does not exist.</summary>
public sealed record ActiveProfileRemove(string Profile) : DataplaneMessage;
