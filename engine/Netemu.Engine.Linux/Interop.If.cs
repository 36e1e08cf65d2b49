using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Netemu.Engine.Linux;

/// <summary>net/if.h, net/route.h, linux/ipv6.h, linux/ipv6_route.h, sys/ioctl.h and linux/sockios.h.</summary>
internal static partial class Interop
{
    public const int IFNAMSIZ = 16;
    public const short IFF_UP = 1;

    public const nuint SIOCADDRT = 0x890B;
    public const nuint SIOCGIFFLAGS = 0x8913;
    public const nuint SIOCSIFFLAGS = 0x8914;
    public const nuint SIOCSIFADDR = 0x8916;
    public const nuint SIOCSIFNETMASK = 0x891C;
    public const nuint SIOCSIFMTU = 0x8922;
    public const nuint SIOCSIFHWADDR = 0x8924;
    public const nuint SIOCGIFINDEX = 0x8933;
    public const nuint SIOCSIFTXQLEN = 0x8943;

    public const ushort RTF_UP = 1;
    public const ushort RTF_GATEWAY = 2;
    public const ushort ARPHRD_ETHER = 1;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(SafeFileHandle fd, nuint request, ref ifreq argp);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(SafeFileHandle fd, nuint request, nuint argp);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(SafeFileHandle fd, nuint request, ref int argp);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(SafeFileHandle fd, nuint request, ref in6_ifreq argp);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(SafeFileHandle fd, nuint request, ref rtentry argp);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(SafeFileHandle fd, nuint request, ref in6_rtmsg argp);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint if_nametoindex(string ifname);

    /// <summary>struct ifreq: a name of 16 bytes and a union of 24.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    public struct ifreq
    {
        [FieldOffset(0)]
        public NameBuffer ifr_name;

        [FieldOffset(16)]
        public short ifr_flags;

        [FieldOffset(16)]
        public int ifr_ifindex;

        [FieldOffset(16)]
        public int ifr_mtu;

        [FieldOffset(16)]
        public int ifr_qlen;

        [FieldOffset(16)]
        public sockaddr ifr_addr;
    }

    /// <summary>char[IFNAMSIZ].</summary>
    [InlineArray(IFNAMSIZ)]
    public struct NameBuffer
    {
        private byte _first;
    }

    /// <summary>struct sockaddr: a family and 14 bytes; for AF_INET the port's two bytes, then the address.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct sockaddr
    {
        public ushort sa_family;
        public AddressBuffer sa_data;
    }

    /// <summary>char[14].</summary>
    [InlineArray(14)]
    public struct AddressBuffer
    {
        private byte _first;
    }

    /// <summary>struct in6_addr.</summary>
    [InlineArray(16)]
    public struct in6_addr
    {
        private byte _first;
    }

    /// <summary>struct in6_ifreq.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct in6_ifreq
    {
        public in6_addr ifr6_addr;
        public uint ifr6_prefixlen;
        public int ifr6_ifindex;
    }

    /// <summary>struct rtentry of 64-bit machines.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct rtentry
    {
        public nuint rt_pad1;
        public sockaddr rt_dst;
        public sockaddr rt_gateway;
        public sockaddr rt_genmask;
        public ushort rt_flags;
        public short rt_pad2;
        public nuint rt_pad3;
        public nint rt_pad4;
        public short rt_metric;
        public nint rt_dev;
        public nuint rt_mtu;
        public nuint rt_window;
        public ushort rt_irtt;
    }

    /// <summary>struct in6_rtmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct in6_rtmsg
    {
        public in6_addr rtmsg_dst;
        public in6_addr rtmsg_src;
        public in6_addr rtmsg_gateway;
        public uint rtmsg_type;
        public ushort rtmsg_dst_len;
        public ushort rtmsg_src_len;
        public uint rtmsg_metric;
        public nuint rtmsg_info;
        public uint rtmsg_flags;
        public int rtmsg_ifindex;
    }
}
