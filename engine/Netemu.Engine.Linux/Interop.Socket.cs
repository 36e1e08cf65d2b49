using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Netemu.Engine.Linux;

/// <summary>sys/socket.h, linux/if_packet.h and linux/if_ether.h.</summary>
internal static partial class Interop
{
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int AF_PACKET = 17;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_RAW = 3;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;

    /// <summary>htons(ETH_P_ALL).</summary>
    public const int ETH_P_ALL = 0x0300;
    public const int SOL_PACKET = 263;
    public const int PACKET_ADD_MEMBERSHIP = 1;
    public const int PACKET_VNET_HDR = 15;
    public const int PACKET_QDISC_BYPASS = 20;
    public const int PACKET_IGNORE_OUTGOING = 23;
    public const ushort PACKET_MR_PROMISC = 1;
    public const byte PACKET_OUTGOING = 4;

    [LibraryImport("libc", SetLastError = true)]
    public static partial SafeFileHandle socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int bind(SafeFileHandle sockfd, in sockaddr_ll addr, int addrlen);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsockopt(SafeFileHandle sockfd, int level, int optname, in int optval, int optlen);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsockopt(SafeFileHandle sockfd, int level, int optname, in packet_mreq optval, int optlen);

    /// <summary>struct sockaddr_ll.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct sockaddr_ll
    {
        public ushort sll_family;
        public ushort sll_protocol;
        public int sll_ifindex;
        public ushort sll_hatype;
        public byte sll_pkttype;
        public byte sll_halen;
        public ulong sll_addr;
    }

    /// <summary>struct packet_mreq.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct packet_mreq
    {
        public int mr_ifindex;
        public ushort mr_type;
        public ushort mr_alen;
        public ulong mr_address;
    }
}
