using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>Which addresses `ip addr show` and `flush` mean.</summary>
internal sealed class AddressFilter
{
    private RouteScope? _scope;
    private InternetPrefix? _to;
    private string? _label;
    private readonly List<(string Name, bool IsSet)> _flags = [];
    private bool _isIPv6Only;

    private AddressFilter()
    {
    }

    public DeviceFilter Devices { get; } = new();

    /// <summary>True if not every device is to be listed whatever its addresses.</summary>
    public bool IsNarrow => _to is not null || _label is not null;

    /// <summary>Whether a device's own lines are shown: a label that does not fit its name leaves the addresses alone (print_linkinfo).</summary>
    public bool NamesLink(string device) => _label is null || Matches(_label, device);

    /// <summary>The family of the address given with "to", or that of a flag that IPv6 alone has; null without.</summary>
    public AddressFamily? Family => _isIPv6Only ? AddressFamily.IPv6 : _to?.Family;

    /// <summary>True if nothing was said that could keep a flush from everything.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>Reads the words after the verb.</summary>
    public static AddressFilter Read(IpContext context)
    {
        AddressFilter filter = new();
        IpArguments arguments = context.Arguments;
        while (!arguments.AtEnd)
        {
            filter.IsEmpty = false;
            filter.Take(arguments.Take(), arguments);
        }

        return filter;
    }

    public bool Accepts<TAddress>(DeviceAddress<TAddress> address)
        where TAddress : struct, IIPAddress<TAddress> =>
        (_scope is null || address.Scope == _scope)
        && (_to is not { } to || to.Contains(InternetAddress.From(address.Address)))
        && (_label is null || Matches(_label, address.Label))
        && _flags.TrueForAll(flag => Has(address, flag.Name) == flag.IsSet);

    /// <summary>The flags of an address by the names of ifa_flag_data; those that no address has here are never set.</summary>
    private static bool Has<TAddress>(DeviceAddress<TAddress> address, string flag)
        where TAddress : struct, IIPAddress<TAddress> => flag switch
        {
            "secondary" or "temporary" => address.IsSecondary,
            "nodad" => address.NoDad,
            "dadfailed" => address.IsDadFailed,
            "deprecated" => address.IsDeprecated,
            "tentative" => address.IsTentative,
            "permanent" => address.ValidUntil == SimTime.Never,
            "mngtmpaddr" => address.IsAutomatic,
            "noprefixroute" => address.NoPrefixRoute && !address.IsAutomatic,
            _ => false,
        };

    /// <summary>fnmatch: stars and question marks.</summary>
    private static bool Matches(string pattern, string text) =>
        System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false);

    private void Take(string word, IpArguments arguments)
    {
        switch (word)
        {
            case "scope":
                string scope = arguments.Value();
                if (!RouteNames.TryScope(scope, out RouteScope value))
                {
                    arguments.Invalid(scope, "invalid \"scope\"\n");
                }

                _scope = value;
                break;
            case "to":
                string prefix = arguments.Value();
                if (prefix is "all" or "any" or "default")
                {
                    // get_prefix: a prefix that has no family, and so excludes nothing.
                    break;
                }

                if (!InternetPrefix.TryParse(prefix, out InternetPrefix to))
                {
                    arguments.Fail(1, $"Error: any valid prefix is expected rather than \"{prefix}\".");
                }

                _to = to;
                break;
            case "label":
                _label = arguments.Value();
                break;
            case "primary" or "dynamic":
                _flags.Add((word == "primary" ? "secondary" : "permanent", false));
                break;
            default:
                bool isSet = !word.StartsWith('-');
                string flag = isSet ? word : word[1..];
                if (flag is "nodad" or "optimistic" or "dadfailed" or "home" or "deprecated" or "tentative" or "mngtmpaddr" or "stable-privacy")
                {
                    _isIPv6Only |= isSet;
                    _flags.Add((flag, isSet));
                    break;
                }

                if (flag is "secondary" or "temporary" or "permanent" or "noprefixroute" or "autojoin")
                {
                    _flags.Add((flag, isSet));
                    break;
                }

                if (!Devices.TryTake(word, arguments))
                {
                    Devices.TakeDevice(word == "dev" ? arguments.Value() : word, arguments);
                }

                break;
        }
    }
}
