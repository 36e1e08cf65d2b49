using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Neighbours;

namespace Netemu.Commands.Ip;

/// <summary>Which entries `ip neigh show` and `flush` mean.</summary>
internal sealed class NeighbourFilter
{
    private InternetPrefix? _to;
    private NudState? _state;
    private bool _all;

    public NetDevice? Device { get; private set; }

    public bool Proxy { get; private set; }

    public void Take(string word, IpContext context)
    {
        IpArguments arguments = context.Arguments;
        switch (word)
        {
            case "dev":
                Device = arguments.Device();
                break;
            case "proxy":
                Proxy = true;
                break;
            case "unused":
                break;
            case "nud":
                string text = arguments.Value();
                _all = text == "all";
                if (!_all && !NeighbourObject.TryState(text, out NudState state))
                {
                    arguments.Fail(255, $"Error: argument \"{text}\" is wrong: nud state is bad");
                }
                else if (!_all)
                {
                    NeighbourObject.TryState(text, out state);
                    _state = state;
                }

                break;
            default:
                string prefix = word == "to" ? arguments.Value() : word;
                if (_to is null && prefix is "all" or "any" or "default")
                {
                    // get_prefix: a prefix that has no family, and so excludes nothing.
                    break;
                }

                if (_to is not null || !InternetPrefix.TryParse(prefix, out InternetPrefix to))
                {
                    arguments.Fail(1, $"Error: any valid prefix is expected rather than \"{prefix}\".{context.Hint("neighbour show", prefix)}");
                    break;
                }

                _to = to;
                break;
        }
    }

    /// <summary>By default all but NOARP and NONE entries; a flush leaves permanent ones alone, unless they are asked for.</summary>
    public bool Accepts<TAddress>(NeighbourEntry<TAddress> entry, bool flush)
        where TAddress : struct, IIPAddress<TAddress>
    {
        NudState state = entry.EffectiveState;
        bool byDefault = _all || (state is not (NudState.None or NudState.NoArp) && !(flush && state == NudState.Permanent));
        return (_state is { } wanted ? state == wanted : byDefault)
            && (Device is null || ReferenceEquals(entry.Device, Device))
            && (_to is not { } to || to.Contains(InternetAddress.From(entry.Address)));
    }

    public bool AcceptsProxy(string device, InternetAddress address) =>
        (Device is null || Device.Name == device) && (_to is not { } to || to.Contains(address));
}
