namespace Netemu.Felix.Messages;

/// <summary>
/// What the calculation graph tells the data plane: complete new values or removals, in an order in which each message
/// refers only to what earlier ones have announced.
/// </summary>
public abstract record DataplaneMessage;
