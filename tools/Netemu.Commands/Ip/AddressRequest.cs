using System.Globalization;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>The words of `ip addr add` and `del` (ipaddr_modify).</summary>
internal sealed class AddressRequest
{
    public NetDevice? Device { get; private set; }

    /// <summary>The address as written.</summary>
    public string? Local { get; private set; }

    public string? Peer { get; private set; }

    /// <summary>An address, "+" for the prefix's last one, or "-".</summary>
    public string? Broadcast { get; private set; }

    public string? Label { get; private set; }

    public RouteScope? Scope { get; private set; }

    public bool NoDad { get; private set; }

    public bool NoPrefixRoute { get; private set; }

    /// <summary>Seconds; null for ever.</summary>
    public uint? Metric { get; private set; }

    public uint? ValidLifetime { get; private set; }

    public uint? PreferredLifetime { get; private set; }

    public void Take(string word, IpContext context)
    {
        IpArguments arguments = context.Arguments;
        switch (word)
        {
            case "dev":
                Device = arguments.Device();
                break;
            case "peer" or "remote":
                Peer = arguments.Value();
                break;
            case "broadcast" or "brd":
                Broadcast = arguments.Value();
                break;
            case "label":
                Label = arguments.Value();
                break;
            case "scope":
                string scope = arguments.Value();
                if (!RouteNames.TryScope(scope, out RouteScope value))
                {
                    arguments.Invalid(scope, "invalid scope value.");
                }

                Scope = value;
                break;
            case "nodad":
                NoDad = true;
                break;
            case "noprefixroute":
                NoPrefixRoute = true;
                break;
            case "metric" or "priority" or "preference":
                Metric = arguments.Number("\"metric\" value is invalid\n");
                break;
            case "valid_lft":
                ValidLifetime = Lifetime(word, arguments);
                break;
            case "preferred_lft":
                PreferredLifetime = Lifetime(word, arguments);
                break;
            default:
                TakeLocal(word == "local" ? arguments.Value() : word, context);
                break;
        }
    }

    private static uint? Lifetime(string word, IpArguments arguments)
    {
        string text = arguments.Value();
        if (text == "forever")
        {
            return null;
        }

        if (!uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds))
        {
            arguments.Invalid(text, $"{word} value");
        }

        return seconds;
    }

    private void TakeLocal(string word, IpContext context)
    {
        if (Local is not null)
        {
            context.Arguments.Garbage("local", word, context.Hint("address add", word));
            return;
        }

        if (!InternetPrefix.TryParse(word, out _))
        {
            context.Arguments.Fail(1, $"Error: any valid prefix is expected rather than \"{word}\".");
        }

        Local = word;
    }
}
