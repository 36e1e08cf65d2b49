using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;

namespace Netemu.Commands.NetTools;

/// <summary>ifconfig of net-tools: shows devices; sets address, netmask, mtu, hardware address and state.</summary>
public sealed class IfconfigCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["ifconfig"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(
        """
        : -a -s -v
        device: up down netmask=MASK broadcast=ADDRESS mtu=BYTES hw=CLASS add=ADDRESS del=ADDRESS promisc -promisc allmulti -allmulti multicast -multicast arp -arp txqueuelen=N
        """);

    public CommandJob Start(CommandInvocation invocation) => CommandJob.Completed(Run(invocation));

    private CommandResult Run(CommandInvocation invocation)
    {
        ImmutableArray<string> words = invocation.Arguments;
        bool all = false;
        int at = 0;
        for (; at < words.Length && words[at].StartsWith('-'); at++)
        {
            if (Grammar.Find(string.Empty, words[at]) is null)
            {
                return CommandResult.Failure(1, $"ifconfig: option `{words[at]}' not recognised.{Grammar.Hint(string.Empty, words[at])}\nifconfig: `--help' gives usage information.");
            }

            all |= words[at] == "-a";
        }

        if (at == words.Length)
        {
            StringBuilder text = new();
            foreach (NetDevice device in invocation.Namespace.Devices.Where(d => all || d.IsUp).OrderBy(d => d.Name, StringComparer.Ordinal))
            {
                Describe(text, invocation.Namespace, device);
            }

            return CommandResult.Output(text.ToString());
        }

        if (invocation.Namespace.FindDevice(words[at]) is not { } found)
        {
            return CommandResult.Failure(
                words.Length == at + 1 ? 1 : 255,
                words.Length == at + 1
                    ? $"{words[at]}: error fetching interface information: Device not found"
                    : $"SIOCSIFADDR: No such device\n{words[at]}: ERROR while getting interface flags: No such device");
        }

        if (words.Length > at + 1)
        {
            return Change(invocation, found, words[(at + 1)..]);
        }

        StringBuilder one = new();
        Describe(one, invocation.Namespace, found);
        return CommandResult.Output(one.ToString());
    }

    private CommandResult Change(CommandInvocation invocation, NetDevice device, ImmutableArray<string> words)
    {
        CommandResult result = CommandResult.Success;
        string? address = null;
        string? mask = null;
        string? broadcast = null;
        for (int i = 0; i < words.Length && result.Exit == 0; i++)
        {
            string word = words[i];
            string value = i + 1 < words.Length ? words[i + 1] : string.Empty;
            GrammarWord? known = Grammar.Find("device", word);
            i += known is { TakesArgument: true } ? word == "hw" ? 2 : 1 : 0;
            switch (word)
            {
                case "up" or "down":
                    result = IpCall.Run(invocation, "SIOCSIFFLAGS", "link", "set", device.Name, word);
                    break;
                case "netmask":
                    mask = value;
                    break;
                case "mtu":
                    result = IpCall.Run(invocation, "SIOCSIFMTU", "link", "set", device.Name, "mtu", value);
                    break;
                case "hw":
                    result = IpCall.Run(invocation, "SIOCSIFHWADDR", "link", "set", device.Name, "address", i < words.Length ? words[i] : string.Empty);
                    break;
                case "promisc" or "-promisc" or "arp" or "-arp" or "multicast" or "-multicast":
                    result = IpCall.Run(invocation, "SIOCSIFFLAGS", "link", "set", device.Name, word.TrimStart('-'), word[0] == '-' ? "off" : "on");
                    break;
                case "allmulti" or "-allmulti":
                    result = IpCall.Run(invocation, "SIOCSIFFLAGS", "link", "set", device.Name, "allmulticast", word[0] == '-' ? "off" : "on");
                    break;
                case "txqueuelen":
                    result = IpCall.Run(invocation, "SIOCSIFTXQLEN", "link", "set", device.Name, "txqueuelen", value);
                    break;
                case "broadcast":
                    broadcast = value;
                    break;
                case "add" or "del":
                    result = IpCall.Run(invocation, "SIOCSIFADDR", "addr", word, value, "dev", device.Name);
                    break;
                case var _ when InternetAddress.TryParse(word.Split('/')[0], out InternetAddress own) && own.IsIPv4:
                    address = word;
                    break;
                default:
                    return CommandResult.Failure(1, $"{word}: Unknown host{Grammar.Hint("device", word)}\nifconfig: `--help' gives usage information.");
            }
        }

        return result.Exit == 0 && (address ?? mask ?? broadcast) is not null ? SetAddress(invocation, device, address, mask, broadcast) : result;
    }

    /// <summary>
    /// SIOCSIFADDR replaces the first address and brings the device up; without a mask the address has its class's, or stays as it is if
    /// only the broadcast address is changed.
    /// </summary>
    private static CommandResult SetAddress(CommandInvocation invocation, NetDevice device, string? text, string? mask, string? broadcast)
    {
        DeviceAddress<IPv4Address>? old = invocation.Namespace.IPv4.Addresses.FirstOrDefault(a => ReferenceEquals(a.Device, device));
        string host = text?.Split('/')[0] ?? old?.Address.ToString() ?? string.Empty;
        if (!IPv4Address.TryParse(host, out IPv4Address address))
        {
            return CommandResult.Failure(255, "SIOCSIFNETMASK: Cannot assign requested address");
        }

        int length = text is null && mask is null && old is not null ? old.InterfaceAddress.Length : (address.Value >> 24) switch { < 128 => 8, < 192 => 16, _ => 24 };
        if (mask is not null && IPv4Address.TryParse(mask, out IPv4Address bits))
        {
            length = BitOperations.PopCount(bits.Value);
        }
        else if (text is not null && text.Contains('/', StringComparison.Ordinal))
        {
            length = int.Parse(text.Split('/')[1], NumberStyles.None, CultureInfo.InvariantCulture);
        }

        if (old is not null)
        {
            IpCall.Run(invocation, "SIOCSIFADDR", "addr", "del", $"{old.Address}/{old.InterfaceAddress.Length}", "dev", device.Name);
        }

        CommandResult added = IpCall.Run(invocation, "SIOCSIFADDR", "addr", "add", $"{address}/{length}", "broadcast", broadcast ?? "+", "dev", device.Name);
        return added.Exit == 0 ? IpCall.Run(invocation, "SIOCSIFFLAGS", "link", "set", device.Name, "up") : added;
    }

    private static void Describe(StringBuilder text, NetworkNamespace space, NetDevice device)
    {
        (int flags, string names) = Flags(device);
        text.Append(CultureInfo.InvariantCulture, $"{device.Name}: flags={flags}<{names}>  mtu {device.Mtu}\n");
        foreach (DeviceAddress<IPv4Address> address in space.IPv4.Addresses.Where(a => ReferenceEquals(a.Device, device)).Take(1))
        {
            IPv4Address mask = RouteTable.Mask(address.InterfaceAddress.Length);
            string broadcast = device.IsLoopback ? string.Empty : $"  broadcast {(address.Broadcast)}";
            text.Append($"        inet {address.Address}  netmask {mask}{broadcast}\n");
        }

        foreach (DeviceAddress<IPv6Address> address in space.IPv6.Addresses.Where(a => ReferenceEquals(a.Device, device)))
        {
            string scope = address.Address.IsLoopback ? "0x10<host>" : address.Address.IsLinkLocal ? "0x20<link>" : "0x0<global>";
            text.Append(CultureInfo.InvariantCulture, $"        inet6 {address.Address}  prefixlen {address.InterfaceAddress.Length}  scopeid {scope}\n");
        }

        string hardware = device.IsLoopback ? "loop" : device.UsesNeighbours ? $"ether {device.Mac}" : "unspec 00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00";
        string kind = device.IsLoopback ? "Local Loopback" : device.UsesNeighbours ? "Ethernet" : "UNSPEC";
        DeviceCounters c = device.Counters;
        text.Append(CultureInfo.InvariantCulture, $"        {hardware}  txqueuelen {device.TransmitQueueLength}  ({kind})\n");
        text.Append(CultureInfo.InvariantCulture, $"        RX packets {c.ReceivedPackets}  bytes {c.ReceivedBytes} ({Human(c.ReceivedBytes)})\n");
        text.Append(CultureInfo.InvariantCulture, $"        RX errors 0  dropped {c.ReceiveDropped}  overruns 0  frame 0\n");
        text.Append(CultureInfo.InvariantCulture, $"        TX packets {c.TransmittedPackets}  bytes {c.TransmittedBytes} ({Human(c.TransmittedBytes)})\n");
        text.Append(CultureInfo.InvariantCulture, $"        TX errors 0  dropped {c.TransmitDropped} overruns 0  carrier 0  collisions 0\n\n");
    }

    private static (int Value, string Names) Flags(NetDevice device)
    {
        int value = 0;
        List<string> names = [];
        Add(device.IsUp, 0x1, "UP");
        List<string> link = [.. LinkLayerText.Flags(device)];
        Add(link.Contains("BROADCAST"), 0x2, "BROADCAST");
        Add(device.IsLoopback, 0x8, "LOOPBACK");
        Add(link.Contains("POINTOPOINT"), 0x10, "POINTOPOINT");
        Add(device.IsRunning, 0x40, "RUNNING");
        Add(link.Contains("NOARP"), 0x80, "NOARP");
        Add(device.IsPromiscuous, 0x100, "PROMISC");
        Add(device.IsAllMulticast, 0x200, "ALLMULTI");
        Add(device.IsMulticast, 0x1000, "MULTICAST");
        return (value, string.Join(',', names));

        void Add(bool on, int bit, string name)
        {
            if (on)
            {
                value |= bit;
                names.Add(name);
            }
        }
    }

    /// <summary>1.7 KiB, as print_bytes_scaled cuts it off.</summary>
    private static string Human(long bytes)
    {
        ReadOnlySpan<string> units = ["B", "KiB", "MiB", "GiB", "TiB"];
        long scale = 1;
        int unit = 0;
        while (bytes / scale >= 1024 && unit < units.Length - 1)
        {
            scale *= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes / scale}.{bytes * 10 / scale % 10} {units[unit]}");
    }
}
