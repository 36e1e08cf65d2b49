using System;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Linux;

/// <summary>
/// Configures an interface of the kernel by ioctl, as ifconfig and route do. To be used inside its namespace
/// (<see cref="KernelNamespace.Run"/>).
/// </summary>
public sealed class KernelInterface : IDisposable
{
    private readonly string _name;
    private readonly SafeFileHandle _inet;

    public KernelInterface(string name)
    {
        _name = name;
        _inet = OpenSocket(Interop.AF_INET);
    }

    public void SetMtu(int mtu)
    {
        Interop.ifreq request = Request();
        request.ifr_mtu = mtu;
        Interop.Check(Interop.ioctl(_inet, Interop.SIOCSIFMTU, ref request), $"{_name}: SIOCSIFMTU {mtu}");
    }

    public void SetMac(MacAddress mac)
    {
        Interop.ifreq request = Request();
        request.ifr_addr.sa_family = Interop.ARPHRD_ETHER;
        mac.Write(((Span<byte>)request.ifr_addr.sa_data)[..6]);
        Interop.Check(Interop.ioctl(_inet, Interop.SIOCSIFHWADDR, ref request), $"{_name}: SIOCSIFHWADDR {mac}");
    }

    public void SetTransmitQueueLength(int length)
    {
        Interop.ifreq request = Request();
        request.ifr_qlen = length;
        Interop.Check(Interop.ioctl(_inet, Interop.SIOCSIFTXQLEN, ref request), $"{_name}: SIOCSIFTXQLEN {length}");
    }

    public void SetUp(bool up)
    {
        Interop.ifreq request = Request();
        Interop.Check(Interop.ioctl(_inet, Interop.SIOCGIFFLAGS, ref request), $"{_name}: SIOCGIFFLAGS");
        request.ifr_flags = (short)(up ? request.ifr_flags | Interop.IFF_UP : request.ifr_flags & ~Interop.IFF_UP);
        Interop.Check(Interop.ioctl(_inet, Interop.SIOCSIFFLAGS, ref request), $"{_name}: SIOCSIFFLAGS");
    }

    /// <summary>ip address add.</summary>
    public void AddAddress(InternetAddress address, int prefixLength)
    {
        if (address.IsIPv6)
        {
            using SafeFileHandle inet6 = OpenSocket(Interop.AF_INET6);
            Interop.in6_ifreq request6 = new() { ifr6_prefixlen = (uint)prefixLength, ifr6_ifindex = Index() };
            address.IPv6.Write(request6.ifr6_addr);
            Interop.Check(Interop.ioctl(inet6, Interop.SIOCSIFADDR, ref request6), $"{_name}: SIOCSIFADDR {address}");
            return;
        }

        Interop.ifreq request = Request();
        request.ifr_addr = SocketAddress(address.IPv4);
        Interop.Check(Interop.ioctl(_inet, Interop.SIOCSIFADDR, ref request), $"{_name}: SIOCSIFADDR {address}");
        request.ifr_addr = SocketAddress(Mask(prefixLength));
        Interop.Check(Interop.ioctl(_inet, Interop.SIOCSIFNETMASK, ref request), $"{_name}: SIOCSIFNETMASK /{prefixLength}");
    }

    /// <summary>ip route add PREFIX [via GATEWAY] dev NAME; <paramref name="gateway"/> is none for what is on the link.</summary>
    public unsafe void AddRoute(InternetPrefix prefix, InternetAddress gateway)
    {
        bool hasGateway = !gateway.IsNone;
        if (prefix.IsIPv6)
        {
            using SafeFileHandle inet6 = OpenSocket(Interop.AF_INET6);
            Interop.in6_rtmsg message = new()
            {
                rtmsg_dst_len = (ushort)prefix.Length,
                rtmsg_metric = 1024,
                rtmsg_flags = (uint)(Interop.RTF_UP | (hasGateway ? Interop.RTF_GATEWAY : 0)),
                rtmsg_ifindex = Index(),
            };
            prefix.Address.IPv6.Write(message.rtmsg_dst);
            if (hasGateway)
            {
                gateway.IPv6.Write(message.rtmsg_gateway);
            }

            Interop.Check(Interop.ioctl(inet6, Interop.SIOCADDRT, ref message), $"{_name}: SIOCADDRT {prefix}");
            return;
        }

        Span<byte> name = stackalloc byte[Interop.IFNAMSIZ];
        name.Clear();
        Encoding.ASCII.GetBytes(_name, name);
        fixed (byte* device = name)
        {
            Interop.rtentry entry = new()
            {
                rt_dst = SocketAddress(prefix.Address.IPv4),
                rt_genmask = SocketAddress(Mask(prefix.Length)),
                rt_gateway = hasGateway ? SocketAddress(gateway.IPv4) : default,
                rt_flags = (ushort)(Interop.RTF_UP | (hasGateway ? Interop.RTF_GATEWAY : 0)),
                rt_dev = (nint)device,
            };
            Interop.Check(Interop.ioctl(_inet, Interop.SIOCADDRT, ref entry), $"{_name}: SIOCADDRT {prefix}");
        }
    }

    public void Dispose() => _inet.Dispose();

    internal static Interop.ifreq Request(string name)
    {
        Interop.ifreq request = default;
        Encoding.ASCII.GetBytes(name, ((Span<byte>)request.ifr_name)[..(Interop.IFNAMSIZ - 1)]);
        return request;
    }

    private static SafeFileHandle OpenSocket(int family)
    {
        SafeFileHandle handle = Interop.socket(family, Interop.SOCK_DGRAM | Interop.SOCK_CLOEXEC, 0);
        Interop.Check(handle.IsInvalid ? -1 : 0, "socket");
        return handle;
    }

    private static Interop.sockaddr SocketAddress(IPv4Address address)
    {
        Interop.sockaddr result = new() { sa_family = Interop.AF_INET };
        address.Write(((Span<byte>)result.sa_data)[2..6]);
        return result;
    }

    private static IPv4Address Mask(int length) => new(IPv4Address.MaskOf(length));

    private Interop.ifreq Request() => Request(_name);

    private int Index()
    {
        Interop.ifreq request = Request();
        Interop.Check(Interop.ioctl(_inet, Interop.SIOCGIFINDEX, ref request), $"{_name}: SIOCGIFINDEX");
        return request.ifr_ifindex;
    }
}
