using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>What `ip link add` and `set` say of any device, gathered before the kernel is asked (iplink_parse).</summary>
internal sealed class LinkRequest
{
    public string? Name { get; private set; }

    public NetworkNamespace? Target { get; private set; }

    /// <summary>The device to stand on.</summary>
    public NetDevice? Link { get; private set; }

    public MacAddress? Mac { get; private set; }

    public int? Mtu { get; private set; }

    public int? QueueLength { get; private set; }

    public bool? Up { get; private set; }

    /// <summary>The group to put the device in; the group to change where no device is named.</summary>
    public uint? Group { get; private set; }

    private string? _alias;
    private bool? _arp;
    private bool? _multicast;
    private bool? _allMulticast;
    private bool? _promiscuous;

    /// <summary>Takes a keyword that any device has; false if it is none.</summary>
    public bool TryTake(string word, IpArguments arguments)
    {
        switch (word)
        {
            case "name" or "dev":
                TakeName(arguments.Value(), arguments);
                return true;
            case "address":
                TakeMac(arguments.Value(), arguments);
                return true;
            case "mtu":
                Mtu = (int)arguments.Number("Invalid \"mtu\" value\n");
                return true;
            case "txqueuelen" or "qlen" or "txqlen":
                QueueLength = (int)arguments.Number("Invalid \"txqueuelen\" value\n");
                return true;
            case "up":
                Up = true;
                return true;
            case "down":
                Up = false;
                return true;
            case "alias":
                _alias = arguments.Value();
                return true;
            case "group":
                Group = LinkGroup.Take(arguments);
                return true;
            case "arp":
                _arp = OnOff(word, arguments);
                return true;
            case "multicast":
                _multicast = OnOff(word, arguments);
                return true;
            case "allmulticast":
                _allMulticast = OnOff(word, arguments);
                return true;
            case "promisc":
                _promiscuous = OnOff(word, arguments);
                return true;
            case "link":
                Link = arguments.Device();
                return true;
            case "netns":
                string name = arguments.Value();
                Target = name == "1" ? arguments.Namespace.Node.Root : arguments.Namespace.Node.FindNamespace(name);
                if (Target is null)
                {
                    arguments.Invalid(name, "Invalid \"netns\" value\n");
                }

                return true;
            default:
                return false;
        }
    }

    public void TakeName(string name, IpArguments arguments)
    {
        if (IsValidName(name))
        {
            Name = name;
        }
        else
        {
            arguments.Fail(255, $"Error: argument \"{name}\" is wrong: \"name\" not a valid ifname");
        }
    }

    /// <summary>Applies everything to a device that was just made; null if nothing was refused.</summary>
    public CommandResult? Finish(NetDevice device)
    {
        if (Check(device) is { } refused)
        {
            device.Namespace.Remove(device);
            return refused;
        }

        Apply(device);
        return SetFlags(device);
    }

    /// <summary>Applies MAC, MTU, name and queue length, in the kernel's order (do_setlink); null if nothing was refused.</summary>
    public CommandResult? FinishBeforeFlags(NetDevice device)
    {
        if (Check(device) is { } refused)
        {
            return refused;
        }

        Apply(device);

        // Of a new device the kernel does not look at the alias (rtnl_create_link).
        device.Alias = _alias is null ? device.Alias : _alias.Length == 0 ? null : _alias;
        if (Name is null || Name == device.Name)
        {
            return null;
        }

        if (device.Namespace.FindDevice(Name) is not null)
        {
            return RtnetlinkError.FileExists;
        }

        device.Namespace.Rename(device, Name);
        return null;
    }

    private CommandResult? Check(NetDevice device)
    {
        if (_alias is { Length: > NetDevice.LongestAlias })
        {
            return RtnetlinkError.OutOfRange;
        }

        if (Mac is { } mac && (mac.IsMulticast || mac.IsZero))
        {
            return RtnetlinkError.CannotAssignAddress;
        }

        if (Mtu < (device.IsLoopback ? 0 : 68))
        {
            return RtnetlinkError.Extended("mtu less than device minimum.");
        }

        if (Mtu > 65535 && !device.IsLoopback)
        {
            return RtnetlinkError.Extended("mtu greater than device maximum.");
        }

        Errno error = Mac is { } wanted ? device.CanSetMac(wanted) : Errno.None;
        error = error == Errno.None && Mtu is { } mtu ? device.CanSetMtu(mtu) : error;
        return error == Errno.None ? null : RtnetlinkError.Of(error);
    }

    /// <summary>The flags as asked, then up or down; null if that was not refused (dev_change_flags).</summary>
    public CommandResult? SetFlags(NetDevice device)
    {
        if (_arp == true && !device.UsesNeighbours && !device.IsLoopback)
        {
            return RtnetlinkError.Answer($"Operation not supported\nhint: a device like {device.Name} has no neighbours here");
        }

        device.SetNoArp(!_arp ?? device.IsNoArp);
        device.IsMulticast = _multicast ?? device.IsMulticast;
        device.IsAllMulticast = _allMulticast ?? device.IsAllMulticast;
        device.SetPromiscuous(_promiscuous ?? device.IsPromiscuous);
        switch (Up)
        {
            case true:
                Errno error = device.TryOpen();
                return error == Errno.None ? null : RtnetlinkError.Of(error);
            case false:
                device.SetUp(false);
                return null;
            default:
                return null;
        }
    }

    private void Apply(NetDevice device)
    {
        BridgeDevice? bridge = device as BridgeDevice;
        if (Mac is { } mac)
        {
            if (bridge is not null)
            {
                bridge.SetOwnMac(mac);
            }
            else
            {
                device.SetMac(mac);
            }
        }

        if (Mtu is { } mtu)
        {
            if (bridge is not null)
            {
                bridge.SetOwnMtu(mtu);
            }
            else
            {
                device.SetMtu(mtu);
            }
        }

        device.TransmitQueueLength = QueueLength ?? device.TransmitQueueLength;
        device.Group = Group ?? device.Group;
    }

    private static bool IsValidName(string name)
    {
        bool isValid = name.Length is > 0 and <= NetDevice.LongestName && name is not ("." or "..");
        foreach (char c in name)
        {
            isValid &= c is not ('/' or ':') && !char.IsWhiteSpace(c);
        }

        return isValid;
    }

    /// <summary>The words of ip/iplink.c for a flag, which are not those of the rest.</summary>
    private static bool OnOff(string word, IpArguments arguments)
    {
        string text = arguments.Value();
        if (arguments.Error is null && text is not ("on" or "off"))
        {
            arguments.Fail(1, $"Error: argument of \"{word}\" must be \"on\" or \"off\", not \"{text}\"");
        }

        return text == "on";
    }

    private void TakeMac(string text, IpArguments arguments)
    {
        if (MacAddress.TryParse(text, out MacAddress mac))
        {
            Mac = mac;
        }
        else
        {
            arguments.Fail(1, $"\"{text}\" is invalid lladdr.");
        }
    }
}
