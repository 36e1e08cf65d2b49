using System;

namespace Netemu.Engine.Linux.Offload;

/// <summary>VIRTIO_NET_HDR_F_*.</summary>
[Flags]
public enum VirtioNetFlags : byte
{
    None = 0,

    /// <summary>The checksum field holds the pseudo header's sum; the rest is to be added.</summary>
    NeedsChecksum = 1,

    /// <summary>The checksum has been found right.</summary>
    DataValid = 2,
}
