using System.Collections.Generic;
using Netemu.Calico.Yaml;
using Netemu.Core.Addresses;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The keys of <c>bgp</c> steps.</summary>
internal static class BgpStepShapes
{
    /// <summary>Every session (<c>clear</c>).</summary>
    private const string All = "all";

    private static readonly Value<BgpPeerRef> Peer = new ScalarValue<BgpPeerRef>(
        "a peer: an address, an interface or a node",
        static (string text, out BgpPeerRef peer) =>
        {
            peer = InternetAddress.TryParse(text, out InternetAddress address) ? new(address, null) : new(null, text);
            return null;
        },
        static () => Values.Pattern(".", orNumber: false))
    {
        Bound = static (binder, peer, scalar) =>
        {
            if (peer.Name is { } name && name != All)
            {
                binder.References.Add(new Reference(ReferenceKind.Peer, "BGP peer", name, scalar.Range));
            }
        },
    };

    private static readonly Value<IReadOnlyList<BgpPeerRef>> Peers = OneOrMany(Peer);

    private static readonly Value<IReadOnlyList<InternetPrefix>> Prefixes = OneOrMany(Values.Prefix);

    public static ObjectShape<BgpStep> Step { get; } = new("bgpStep", "a BGP step", static () => new())
    {
        Completed = Check,
        Fields =
        {
            { "in", Values.Place("BGP step"), (s, v) => s.In = v, "Whose speaker.", Presence.Required },
            { "peer", Peer, (s, v) => s.Peer = v, "Check: the session with this peer." },
            { "prefix", Values.Prefix, (s, v) => s.Prefix = v, "Check: the paths to this prefix." },
            { "state", ExpectationShape.Any, (s, v) => s.Seen.Add(new("state", v)), "Check: the session's state." },
            { "best", ExpectationShape.Any, (s, v) => s.Seen.Add(new("best", v)), "Check: the best path." },
            { "ecmp", ExpectationShape.Any, (s, v) => s.Seen.Add(new("ecmp", v)), "Check: the number of next hops." },
            { "paths", ExpectationShape.Any, (s, v) => s.Seen.Add(new("paths", v)), "Check: the number of paths." },
            { "advertised", ExpectationShape.Any, (s, v) => s.Seen.Add(new("advertised", v)), "Check: whether the peer is told of the prefix." },
            { "stale", ExpectationShape.Any, (s, v) => s.Seen.Add(new("stale", v)), "Check: the number of stale paths." },
            { "rejected", ExpectationShape.Any, (s, v) => s.Seen.Add(new("rejected", v)), "Check: why paths were rejected." },
            { "why", ExpectationShape.Any, (s, v) => s.Seen.Add(new("why", v)), "Check: why the session is not up." },
            { "announce", Prefixes, (s, v) => (s.IsChange, s.Change.Announce) = (true, v), "Change: originate prefixes." },
            { "withdraw", Prefixes, (s, v) => (s.IsChange, s.Change.Withdraw) = (true, v), "Change: stop originating prefixes." },
            { "shutdown", Peers, (s, v) => (s.IsChange, s.Change.Shutdown) = (true, v), "Change: shut sessions down." },
            { "enable", Peers, (s, v) => (s.IsChange, s.Change.Enable) = (true, v), "Change: start sessions again." },
            { "clear", Peers, SetClear, "Change: reset sessions; 'all' for every one." },
            { "start", Values.Word("'graceful' or 'cold'", ("graceful", true), ("cold", false)), (s, v) => (s.IsChange, s.Change.Start) = (true, v), "Change: start a speaker that was killed." },
            { "policy", BgpShapes.Policies, (s, v) => (s.IsChange, s.Change.Policies) = (true, v), "Change: replace policies." },
        },
    };

    private static EitherValue<IReadOnlyList<T>> OneOrMany<T>(Value<T> one) =>
        new(new ConvertedValue<T, IReadOnlyList<T>>(one, static v => [v]), Values.List(one));

    private static void SetClear(BgpStep step, IReadOnlyList<BgpPeerRef> peers)
    {
        step.IsChange = true;
        step.Change.ClearAll = peers is [{ Name: All }];
        step.Change.Clear = step.Change.ClearAll ? [] : peers;
    }

    private static void Check(Binder binder, BgpStep step, YamlMapping mapping)
    {
        bool isCheck = step.Peer is not null || step.Prefix is not null;
        if (isCheck == step.IsChange)
        {
            binder.Error(
                LoaderCode.MisplacedKey,
                isCheck ? "a BGP step checks or changes, not both" : "a BGP step checks a peer or a prefix, or changes something",
                mapping.Range,
                "checks: peer, prefix; changes: announce, withdraw, shutdown, enable, clear, start, policy");
        }
    }
}
