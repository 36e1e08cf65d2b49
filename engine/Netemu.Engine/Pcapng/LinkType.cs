namespace Netemu.Engine.Pcapng;

/// <summary>What the first byte of a captured packet belongs to, numbered as in the LINKTYPE_ registry of tcpdump.org.</summary>
public enum LinkType : ushort
{
    Null = 0,
    Ethernet = 1,

    /// <summary>IPv4 or IPv6, told apart by the version nibble.</summary>
    Raw = 101,
    LinuxSll = 113,

    /// <summary>The first of sixteen that are free for private use.</summary>
    User0 = 147,
    IPv4 = 228,
    IPv6 = 229,
    LinuxSll2 = 276,
}
