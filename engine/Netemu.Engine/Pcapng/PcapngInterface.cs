namespace Netemu.Engine.Pcapng;

/// <summary>
/// What an interface description block says. A <see cref="SnapLength"/> of 0 keeps packets whole; <see cref="Name"/> is
/// empty where the file does not say.
/// </summary>
public sealed record PcapngInterface(
    string Name,
    string? Description = null,
    LinkType LinkType = LinkType.Ethernet,
    int SnapLength = 0);
