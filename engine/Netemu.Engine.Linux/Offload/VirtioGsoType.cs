using System.Diagnostics.CodeAnalysis;

namespace Netemu.Engine.Linux.Offload;

/// <summary>VIRTIO_NET_HDR_GSO_*: which kind of super-packet follows.</summary>
[SuppressMessage("Design", "CA1027:Mark enums with FlagsAttribute", Justification = "Numbers, and one bit beside them.")]
public enum VirtioGsoType : byte
{
    None = 0,
    TcpV4 = 1,
    Udp = 3,
    TcpV6 = 4,
    UdpL4 = 5,

    /// <summary>Beside a TCP type: the first segment has CWR set.</summary>
    Ecn = 0x80,
}
