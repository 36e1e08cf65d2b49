using System;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Engine.Frames;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The keys of commands and checks.</summary>
internal static class CheckShapes
{
    private static readonly ImmutableArray<string> s_reasons =
        [.. Enum.GetValues<DropReason>().Where(r => r is not (DropReason.None or DropReason.Count)).Select(r => r.ToString())];

    /// <summary>A reason that exists: of one that does not, there would never be a drop. Its words may be joined by hyphens.</summary>
    private static readonly Value<string> Reason = new ScalarValue<string>(
        "a reason for drops",
        static (string text, out string reason) =>
        {
            string plain = text.Replace("-", string.Empty, StringComparison.Ordinal);
            string? found = s_reasons.FirstOrDefault(r => string.Equals(r, plain, StringComparison.OrdinalIgnoreCase));
            reason = found ?? string.Empty;
            return found is not null ? null : ScalarFault.WithHint(Spelling.Hint(plain, s_reasons) ?? "'netemu run -v' shows the reasons of a run");
        },
        static () => Values.Pattern("^[A-Za-z0-9-]+$", orNumber: false));

    private static readonly ImmutableArray<string> s_counters = ["rx_packets", "rx_bytes", "rx_dropped", "tx_packets", "tx_bytes", "tx_dropped", "l2miss", "l3miss"];

    private static readonly Value<string> Counters = new ScalarValue<string>(
        "a counter of a device",
        static (string text, out string name) =>
        {
            name = text.Replace('-', '_');
            return s_counters.Contains(name, StringComparer.Ordinal)
                ? null
                : ScalarFault.WithHint(Spelling.Hint(name, s_counters) ?? $"known words: {string.Join(", ", s_counters)}");
        },
        static () => Values.Pattern("^[a-z0-9_-]+$", orNumber: false));

    public static ObjectShape<ExecAction> Exec { get; } = new("exec", "a command", static () => new())
    {
        { "in", Values.Place("command"), (s, v) => s.In = v, "Where it runs.", Presence.Required },
        { "command", Values.Text, (s, v) => s.Command = v, "The command line.", Presence.Required },
        { "stdout", ExpectationShape.Any, (s, v) => s.Inline.Add(new("stdout", v)), "What it must print." },
        { "exit", ExpectationShape.Any, (s, v) => s.Inline.Add(new("exit", v)), "The exit code it must have." },
        { "matches", ExpectationShape.Any, (s, v) => s.Inline.Add(new("matches", v)), "A regular expression its output must match." },
        { "json", ExpectationShape.Any, (s, v) => s.Inline.Add(new("json", v)), "Paths of its JSON output with their values." },
    };

    public static ObjectShape<RouteCheck> Route { get; } = new("routeCheck", "a route check", static () => new())
    {
        Completed = static (_, check, mapping) =>
            check.Lookup = mapping.TextOf("to") is { } to && !to.Contains('/', System.StringComparison.Ordinal),
        Fields =
        {
            { "in", Values.Place("route check"), (s, v) => s.In = v, "Whose table.", Presence.Required },
            { "to", Values.Prefix, (s, v) => s.To = v, "A prefix of the table, or an address to look up.", Presence.Required },
            { "from", Values.Address, (s, v) => s.From = v, "The source address of the lookup." },
            { "table", Values.Table, (s, v) => s.Table = v, "The table (main)." },
            { "mark", Values.UInt32("a mark"), (s, v) => s.Mark = v, "The mark of the lookup." },
        },
    };

    public static ObjectShape<NeighbourCheck> Neighbour { get; } = new("neighCheck", "a neighbour check", static () => new())
    {
        { "in", Values.Place("neighbour check"), (s, v) => s.In = v, "Whose table.", Presence.Required },
        { "ip", Values.Address, (s, v) => s.Address = v, "The protocol address.", Presence.Required },
        { "dev", Values.Name, (s, v) => s.Device = v, "The device." },
    };

    public static ObjectShape<FdbCheck> Fdb { get; } = new("fdbCheck", "a forwarding check", static () => new())
    {
        { "in", Values.Place("forwarding check"), (s, v) => s.In = v, "Whose bridge.", Presence.Required },
        { "mac", Values.Mac, (s, v) => s.Mac = v, "The station.", Presence.Required },
        { "dev", Values.Name, (s, v) => s.Device = v, "The bridge or vxlan." },
        { "vlan", Values.Integer(1, 4094, "a VLAN"), (s, v) => s.Vlan = v, "The VLAN." },
    };

    public static ObjectShape<DropsCheck> Drops { get; } = new("dropsCheck", "a drops check", static () => new())
    {
        { "in", Values.Place("drops check"), (s, v) => s.In = v, "Whose drops; everybody's where missing." },
        { "reason", Reason, (s, v) => s.Reason = v, "The reason; all where missing." },
        { "count", ExpectationShape.Any, (s, v) => s.Inline.Add(new("count", v)), "How many there must be." },
    };

    public static ObjectShape<CounterCheck> Counter { get; } = new("counterCheck", "a counter check", static () => new())
    {
        { "in", Values.Place("counter check"), (s, v) => s.In = v, "Whose counter.", Presence.Required },
        { "device", Values.Name, (s, v) => s.Device = v, "The device.", Presence.Required },
        { "name", Counters, (s, v) => s.Name = v, "The counter, as under /sys/class/net/DEV/statistics.", Presence.Required },
        { "value", ExpectationShape.Any, (s, v) => s.Inline.Add(new("value", v)), "What it must be." },
    };
}
