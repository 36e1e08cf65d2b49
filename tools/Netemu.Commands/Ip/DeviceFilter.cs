using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;

namespace Netemu.Commands.Ip;

/// <summary>Which devices `ip link show` and `ip addr show` are to list.</summary>
internal sealed class DeviceFilter
{
    private NetDevice? _device;
    private NetDevice? _master;
    private string? _type;
    private uint? _group;
    private bool _isUp;
    private bool _noMaster;

    /// <summary>True if one device is named: the kernel is asked for that one then.</summary>
    public bool NamesDevice => _device is not null;

    /// <summary>Takes a keyword with its value; false if it is none.</summary>
    public bool TryTake(string word, IpArguments arguments)
    {
        switch (word)
        {
            case "up":
                _isUp = true;
                return true;
            case "nomaster":
                _noMaster = true;
                return true;
            case "master":
                string master = arguments.Value();
                _master = arguments.Namespace.FindDevice(master);
                if (_master is null && arguments.Error is null)
                {
                    arguments.Invalid(master, "Device does not exist\n");
                }

                return true;
            case "group":
                _group = LinkGroup.Take(arguments);
                return true;
            case "type":
                _type = arguments.Value();
                return true;
            default:
                return false;
        }
    }

    public void TakeDevice(string name, IpArguments arguments)
    {
        if (_device is not null)
        {
            arguments.Fail(255, $"Error: either \"dev\" is duplicate, or \"{name}\" is a garbage.");
            return;
        }

        _device = arguments.Namespace.FindDevice(name);
        if (_device is null && arguments.Error is null)
        {
            arguments.Fail(1, $"Device \"{name}\" does not exist.");
        }
    }

    public bool Accepts(NetDevice device) =>
        (_device is null || ReferenceEquals(device, _device))
        && (_master is null || ReferenceEquals(device.Master, _master))
        && (!_noMaster || device.Master is null)
        && (_type is null || device.Kind == _type || (_type == "bridge_slave" && device.Master is BridgeDevice))
        && (_group is null || device.Group == _group)
        && (!_isUp || device.IsUp);
}
