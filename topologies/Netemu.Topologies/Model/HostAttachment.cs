namespace Netemu.Topologies.Model;

/// <summary>What of the real kernel stands behind a tap or tun of the emulation.</summary>
public enum HostAttachment : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A TAP or TUN device of the kernel, made for the run.</summary>
    Tap,

    /// <summary>A packet socket on an interface that the kernel has already.</summary>
    PacketSocket,
}
