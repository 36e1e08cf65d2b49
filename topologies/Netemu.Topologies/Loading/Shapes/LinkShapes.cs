using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The keys of links and impairments.</summary>
internal static class LinkShapes
{
    public static ObjectShape<GilbertElliottSpec> GilbertElliott { get; } = new("gemodel", "a gemodel", static () => new())
    {
        { "p", Values.Probability, (s, v) => s.P = v, "From the good state to the bad one, per packet.", Presence.Required },
        { "r", Values.Probability, (s, v) => s.R = v, "From the bad state back to the good one (100% less p unless said otherwise)." },
        { "1-h", Values.Probability, (s, v) => s.LossInBad = v, "Loss in the bad state (100% unless said otherwise)." },
        { "1-k", Values.Probability, (s, v) => s.LossInGood = v, "Loss in the good state (0% unless said otherwise)." },
    };

    public static ObjectShape<ImpairSpec> Impair { get; } = new("impair", "an impairment", static () => new())
    {
        { "delay", Values.Duration, (s, v) => s.Delay = v, "Added to the link's delay." },
        { "jitter", Values.Duration, (s, v) => s.Jitter = v, "Variation of the delay." },
        { "distribution", Values.Word(
            "a distribution",
            ("uniform", JitterDistribution.Uniform),
            ("normal", JitterDistribution.Normal),
            ("pareto", JitterDistribution.Pareto),
            ("paretonormal", JitterDistribution.Paretonormal)), (s, v) => s.Distribution = v, "Distribution of the jitter." },
        { "delay-correlation", Values.Probability, (s, v) => s.DelayCorrelation = v, "Correlation of the jitter." },
        { "loss", Values.Probability, (s, v) => s.Loss = v, "Random loss." },
        { "loss-correlation", Values.Probability, (s, v) => s.LossCorrelation = v, "Correlation of the loss." },
        { "gemodel", GilbertElliott, (s, v) => s.GilbertElliott = v, "Loss in bursts (Gilbert-Elliott)." },
        { "duplicate", Values.Probability, (s, v) => s.Duplicate = v, "Frames sent twice." },
        { "reorder", Values.Probability, (s, v) => s.Reorder = v, "Frames sent without the delay." },
        { "gap", Values.Integer(0, int.MaxValue), (s, v) => s.Gap = v, "Every how many frames one may be reordered." },
        { "corrupt", Values.Probability, (s, v) => s.Corrupt = v, "Frames with one flipped bit." },
        { "rate", Values.Rate, (s, v) => s.Rate = v, "Rate of the sender." },
        { "limit", Values.Integer(1, int.MaxValue), (s, v) => s.Limit = v, "Frames that may wait." },
    };

    /// <summary>One impairment for both directions, or <c>{a: ..., b: ...}</c> for each sender.</summary>
    public static Value<(ImpairSpec? A, ImpairSpec? B)> ImpairPair { get; } = new CustomValue<(ImpairSpec? A, ImpairSpec? B)>(
        BindPair,
        static definitions => new JsonObject
        {
            ["anyOf"] = new JsonArray(
                Impair.Describe(definitions),
                new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject { ["a"] = Impair.Describe(definitions), ["b"] = Impair.Describe(definitions) },
                    ["additionalProperties"] = false,
                }),
        });

    public static ObjectShape<LinkSpec> Link { get; } = new("link", "a link", static () => new())
    {
        { "endpoints", new CustomValue<bool>(
            static (YamlNode _, Binder _, out bool value) => value = true,
            static _ => new JsonObject
            {
                ["type"] = "array",
                ["items"] = Values.Pattern(":", orNumber: false),
                ["minItems"] = 2,
                ["maxItems"] = 2,
            }), static (_, _) => { }, "The two ends, each node[/namespace]:device.", Presence.Required },
        { "name", Values.Name, (s, v) => s.Name = v, "A name for steps and captures." },
        { "delay", Values.Duration, (s, v) => s.Delay = v, "Propagation delay (50us)." },
        { "rate", Values.Rate, (s, v) => s.Rate = v, "Serialisation rate." },
        { "mtu", Values.Integer(68, 65_535, "an MTU"), (s, v) => s.Mtu = v, "MTU of both ends (1500)." },
        { "limit", Values.Integer(1, int.MaxValue), (s, v) => s.Limit = v, "Packets in a sender's queue." },
        { "state", Values.UpOrDown, (s, v) => s.Up = v, "Whether the link starts up." },
        { "impair", ImpairPair, (s, v) => (s.ImpairA, s.ImpairB) = v, "What happens to frames on the way." },
    };

    /// <summary>The keys that <c>defaults.link</c> may set.</summary>
    public static ObjectShape<LinkSpec> Defaults { get; } = new("linkDefaults", "the defaults of links", static () => new())
    {
        { "delay", Values.Duration, (s, v) => s.Delay = v, "Propagation delay (50us)." },
        { "rate", Values.Rate, (s, v) => s.Rate = v, "Serialisation rate." },
        { "mtu", Values.Integer(68, 65_535, "an MTU"), (s, v) => s.Mtu = v, "MTU of both ends (1500)." },
        { "limit", Values.Integer(1, int.MaxValue), (s, v) => s.Limit = v, "Packets in a sender's queue." },
        { "impair", ImpairPair, (s, v) => (s.ImpairA, s.ImpairB) = v, "What happens to frames on the way." },
    };

    private static bool BindPair(YamlNode node, Binder binder, out (ImpairSpec? A, ImpairSpec? B) pair)
    {
        pair = default;
        if (node is not YamlMapping mapping || (mapping["a"] is null && mapping["b"] is null))
        {
            bool ok = Impair.TryBind(node, binder, out ImpairSpec both);
            pair = (both, both);
            return ok;
        }

        foreach (YamlEntry entry in mapping.Entries)
        {
            if (entry.Name is not ("a" or "b"))
            {
                binder.Error(
                    LoaderCode.MisplacedKey,
                    $"'{entry.Name}' cannot stand beside 'a' and 'b'",
                    entry.Key.Range,
                    "with 'a' and 'b', everything goes inside them");
            }
            else if (Impair.TryBind(entry.Value, binder, out ImpairSpec one))
            {
                pair = entry.Name == "a" ? (one, pair.B) : (pair.A, one);
            }
        }

        return true;
    }
}
