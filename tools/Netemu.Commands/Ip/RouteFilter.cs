using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>Which routes `ip route show` and `flush` mean; what is filtered by is not printed again.</summary>
internal sealed class RouteFilter<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    private Prefix<TAddress>? _root;
    private Prefix<TAddress>? _match;
    private Prefix<TAddress>? _exact;
    private RouteType? _type;
    private bool _allTables;

    /// <summary>The table to show; null for all.</summary>
    public uint? Table { get; private set; } = RouteTable<TAddress>.MainId;

    public bool IsAllTables => _allTables;

    /// <summary>`cache`: there is none since Linux 3.6.</summary>
    public bool IsCache { get; private set; }

    public NetDevice? Device { get; private set; }

    public RouteProtocol? Protocol { get; private set; }

    public RouteScope? Scope { get; private set; }

    public TAddress? Gateway { get; private set; }

    public TAddress? Source { get; private set; }

    public uint? Metric { get; private set; }

    public void Take(string word, IpContext context)
    {
        IpArguments arguments = context.Arguments;
        switch (word)
        {
            case "table":
                string table = arguments.Value();
                _allTables = table == "all";
                IsCache = table == "cache";
                uint id = 0;
                if (!_allTables && !IsCache && !RouteNames.TryTable(table, out id))
                {
                    arguments.Invalid(table, "table id value is invalid\n");
                }

                Table = _allTables || IsCache ? null : id;
                break;
            case "cache" or "cached":
                IsCache = true;
                break;
            case "dev" or "oif":
                Device = arguments.Device();
                break;
            case "proto" or "protocol":
                string protocol = arguments.Value();
                if (protocol != "all" && !RouteNames.TryProtocol(protocol, out _))
                {
                    arguments.Invalid(protocol, "invalid \"protocol\"\n");
                }

                Protocol = RouteNames.TryProtocol(protocol, out RouteProtocol value) ? value : null;
                break;
            case "scope":
                string scope = arguments.Value();
                if (!RouteNames.TryScope(scope, out RouteScope within))
                {
                    arguments.Invalid(scope, "invalid \"scope\"\n");
                }

                Scope = within;
                break;
            case "type":
                TakeType(arguments.Value(), arguments);
                break;
            case "via":
                Gateway = arguments.Address<TAddress>();
                break;
            case "src":
                Source = arguments.Address<TAddress>();
                break;
            case "metric" or "priority" or "preference":
                Metric = arguments.Number("\"metric\" value is invalid\n");
                break;
            case "root":
                _root = ReadPrefix(arguments.Value(), context);
                break;
            case "match":
                _match = ReadPrefix(arguments.Value(), context);
                break;
            case "exact" or "to":
                _exact = ReadPrefix(arguments.Value(), context);
                break;
            default:
                if (RouteNames.TryType(word, out RouteType type))
                {
                    _type = type;
                    break;
                }

                _exact = ReadPrefix(word, context);
                break;
        }
    }

    public bool AcceptsTable(RouteTable<TAddress> table) => Table is null || table.Id == Table;

    public bool Accepts(Route<TAddress> route)
    {
        bool hop = Device is null && Gateway is null;
        foreach (NextHop<TAddress> candidate in route.NextHops)
        {
            hop |= (Device is null || ReferenceEquals(candidate.Device, Device))
                && (Gateway is not { } gateway || (candidate.HasGateway && candidate.Gateway.Equals(gateway)));
        }

        return hop
            && (Device is null || route.Group is null)
            && (Protocol is null || route.Protocol == Protocol)
            && (Scope is null || route.Scope == Scope)
            && (_type is null || route.Type == _type)
            && (Metric is null || route.Metric == Metric)
            && (Source is not { } source || route.PreferredSource.Equals(source))
            && (_exact is not { } exact || route.Prefix == exact)
            && (_root is not { } root || (route.Prefix.Length >= root.Length && root.Contains(route.Prefix.Address)))
            && (_match is not { } match || (route.Prefix.Length <= match.Length && route.Prefix.Contains(match.Address)));
    }

    private void TakeType(string text, IpArguments arguments)
    {
        if (!RouteNames.TryType(text, out RouteType type))
        {
            arguments.Invalid(text, "node type value is invalid\n");
        }

        _type = type;
    }

    private static Prefix<TAddress>? ReadPrefix(string text, IpContext context)
    {
        if (text is "default" or "all" or "any")
        {
            return Prefix<TAddress>.Default;
        }

        if (!Prefix<TAddress>.TryParse(text, out Prefix<TAddress> prefix))
        {
            context.Arguments.Fail(1, $"Error: any valid prefix is expected rather than \"{text}\".{context.Hint("route show", text)}");
        }

        return prefix;
    }
}
