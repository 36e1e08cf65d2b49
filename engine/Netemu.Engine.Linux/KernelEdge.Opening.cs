using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Linux;

/// <summary>How edges are made: system calls inside the namespace, undone if one of them fails.</summary>
public sealed partial class KernelEdge
{
    private const string TunDevice = "/dev/net/tun";

    /// <summary>sizeof(struct sockaddr_ll): the address itself has six bytes of room and two of padding.</summary>
    private const int PacketAddressSize = 20;

    /// <summary>
    /// Makes a TAP or TUN in a kernel namespace, up, with its addresses and routes; it goes away with the edge. Throws
    /// <see cref="KernelException"/>, whose <see cref="KernelException.IsPrivilege"/> tells a missing privilege from a mistake.
    /// </summary>
    public static KernelEdge OpenTap(KernelNamespace space, TapOptions options) => space.Run(() =>
    {
        SafeFileHandle file = Interop.open(TunDevice, Interop.O_RDWR | Interop.O_NONBLOCK | Interop.O_CLOEXEC, 0);
        Interop.Check(file.IsInvalid ? -1 : 0, TunDevice);
        try
        {
            Interop.ifreq request = KernelInterface.Request(options.Name);
            request.ifr_flags = (short)((options.IsBare ? Interop.IFF_TUN : Interop.IFF_TAP) | Interop.IFF_NO_PI | Interop.IFF_VNET_HDR);
            Interop.Check(Interop.ioctl(file, Interop.TUNSETIFF, ref request), $"{TunDevice}: TUNSETIFF {options.Name}");
            int littleEndian = 1;
            Interop.Check(Interop.ioctl(file, Interop.TUNSETVNETLE, ref littleEndian), "TUNSETVNETLE");
            if (options.Offloads)
            {
                NegotiateOffloads(file);
            }

            Configure(options);
            return new KernelEdge(file, isTap: true, options.IsBare, options.Offloads);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    });

    /// <summary>
    /// Joins an interface of the kernel that is there already, as a second user beside it (packet(7)): what it receives
    /// comes in, what is sent goes out of it. Its owner's stack sees its frames as well.
    /// </summary>
    public static KernelEdge OpenPacketSocket(KernelNamespace space, string name) =>
        new(OpenPacketSocket(space, name, receives: true), isTap: false, isBare: false, coalesces: true);

    /// <summary>A packet socket with virtio headers; one that only sends is bound to no protocol.</summary>
    internal static SafeFileHandle OpenPacketSocket(KernelNamespace space, string name, bool receives) => space.Run(() =>
    {
        SafeFileHandle file = Interop.socket(
            Interop.AF_PACKET, Interop.SOCK_RAW | Interop.SOCK_NONBLOCK | Interop.SOCK_CLOEXEC, protocol: 0);
        Interop.Check(file.IsInvalid ? -1 : 0, "socket(AF_PACKET)");
        try
        {
            int index = (int)Interop.if_nametoindex(name);
            Interop.Check(index == 0 ? -1 : 0, name);
            Set(file, Interop.PACKET_VNET_HDR);
            Set(file, Interop.PACKET_IGNORE_OUTGOING);
            if (receives)
            {
                Interop.packet_mreq promiscuous = new() { mr_ifindex = index, mr_type = Interop.PACKET_MR_PROMISC };
                int size = Marshal.SizeOf<Interop.packet_mreq>();
                Interop.Check(
                    Interop.setsockopt(file, Interop.SOL_PACKET, Interop.PACKET_ADD_MEMBERSHIP, promiscuous, size), "PACKET_ADD_MEMBERSHIP");
            }

            Interop.sockaddr_ll address = new()
            {
                sll_family = Interop.AF_PACKET,
                sll_protocol = (ushort)(receives ? Interop.ETH_P_ALL : 0),
                sll_ifindex = index,
            };
            Interop.Check(Interop.bind(file, address, PacketAddressSize), $"bind {name}");
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    });

    private static void Set(SafeFileHandle socket, int option)
    {
        int on = 1;
        Interop.Check(Interop.setsockopt(socket, Interop.SOL_PACKET, option, on, sizeof(int)), $"setsockopt(SOL_PACKET, {option})");
    }

    /// <summary>Checksums and TCP segmentation, which every kernel has; UDP segmentation from Linux 6.2 on.</summary>
    private static void NegotiateOffloads(SafeFileHandle file)
    {
        const uint Tcp = Interop.TUN_F_CSUM | Interop.TUN_F_TSO4 | Interop.TUN_F_TSO6 | Interop.TUN_F_TSO_ECN;
        if (Interop.ioctl(file, Interop.TUNSETOFFLOAD, (nuint)(Tcp | Interop.TUN_F_USO4 | Interop.TUN_F_USO6)) != 0)
        {
            Interop.Check(Interop.ioctl(file, Interop.TUNSETOFFLOAD, (nuint)Tcp), "TUNSETOFFLOAD");
        }
    }

    private static void Configure(TapOptions options)
    {
        using KernelInterface device = new(options.Name);
        if (options.Mac is { } mac && !options.IsBare)
        {
            device.SetMac(mac);
        }

        device.SetMtu(options.Mtu);
        device.SetTransmitQueueLength(options.QueueLength);
        device.SetUp(true);
        foreach ((InternetAddress address, int length) in options.Addresses)
        {
            device.AddAddress(address, length);
        }

        foreach ((InternetPrefix prefix, InternetAddress gateway) in options.Routes)
        {
            device.AddRoute(prefix, gateway);
        }
    }
}
