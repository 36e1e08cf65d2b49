using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Evaluation;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Resources = Netemu.Calico.Resources;

namespace Netemu.Felix.Tests;

/// <summary>Small clusters in which every feature of policy occurs and meets the others often.</summary>
internal sealed class RandomCluster(RandomSource random)
{
    private static readonly string[] _namespaces = ["red", "blue"];
    private static readonly string[] _selectors =
    [
        "all()", "app == 'a'", "app == 'b'", "app != 'a'", "has(role)", "!has(role)", "app in {'a','b'} && has(role)",
        "projectcalico.org/namespace == 'red'", "global()", "zone == 'x' || app == 'c'", "role starts with 'r'",
    ];

    private static readonly string[] _nets = ["10.0.0.0/8", "10.0.0.0/30", "10.0.0.2/32", "10.0.0.4/31", "8.8.8.0/24", "fd00::/8"];

    public static string[] Nodes => ["n1", "n2"];

    public List<Resource> State()
    {
        List<Resource> resources =
        [
            .. _namespaces.Where(_ => Chance(9)).Select(name => new KubernetesNamespace(Meta(name, "") with
            {
                Labels = LabelSet.Of(("team", Pick("x", "y")), ("app", Pick("a", "b"))),
            })),
            .. _namespaces.Where(_ => Chance(5)).Select(name => new ServiceAccount(Meta("sa", name) with
            {
                Labels = LabelSet.Of(("level", Pick("1", "2"))),
            })),
            .. Enumerable.Range(1, 6).Where(_ => Chance(9)).Select(Pod),
            .. Tiers(),
            .. Enumerable.Range(0, (int)random.NextBelow(4)).Select(GlobalPolicy),
            .. Enumerable.Range(0, (int)random.NextBelow(4)).Select(NamespacedPolicy),
            .. Enumerable.Range(0, (int)random.NextBelow(3)).Select(KubernetesPolicy),
        ];
        if (Chance(7))
        {
            resources.Add(new NetworkSet(Meta("gns", "") with { Labels = Labels() }, [Net(), Net()]));
        }

        if (Chance(5))
        {
            resources.Add(new NetworkSet(Meta("ns", Pick(_namespaces)) with { Labels = Labels() }, [Net()]));
        }

        if (Chance(7))
        {
            resources.Add(new EndpointSlice(Meta("svc-1", "red"), "svc")
            {
                Ports = [new NamedPort("", IPProtocol.Tcp, 80)],
                Endpoints = [new ServiceEndpoint([Address(1 + (int)random.NextBelow(6))], true, "n1", null, null)],
            });
        }

        return resources;
    }

    /// <summary>
    /// The state with one object made, changed or deleted. Pods stay where they are and keep their addresses: what changes is
    /// their labels, ports and accounts.
    /// </summary>
    public List<Resource> Changed(IReadOnlyList<Resource> state)
    {
        int index = (int)random.NextBelow(state.Count + 4);
        if (index >= state.Count)
        {
            Resource made = Pick<Func<Resource>>(
                () => GlobalPolicy(9), () => NamespacedPolicy(9), () => KubernetesPolicy(9), () => new Tier(Meta("first", "")) { Order = 10 })();
            return [.. state.Where(resource => resource.Key != made.Key), made];
        }

        Resource old = state[index];
        if (old is not Resources.Pod && Chance(3))
        {
            return [.. state.Where(resource => resource != old)];
        }

        Resource? changed = old switch
        {
            Resources.Pod pod => pod with { Metadata = pod.Metadata with { Labels = Labels() }, Ports = Pod(1).Ports, ServiceAccountName = Pick("default", "sa") },
            KubernetesNamespace or ServiceAccount or NetworkSet => Relabelled(old),
            Tier tier => tier with { Order = Chance(5) ? 10 : null, DefaultAction = Pick(RuleAction.Deny, RuleAction.Pass) },
            NetworkPolicy { Namespace.Length: 0 } policy => GlobalPolicy(0) with { Metadata = policy.Metadata },
            NetworkPolicy policy => NamespacedPolicy(0) with { Metadata = policy.Metadata },
            KubernetesNetworkPolicy policy => KubernetesPolicy(0) with { Metadata = policy.Metadata },
            EndpointSlice slice => slice with
            {
                Endpoints = [new ServiceEndpoint([Address(1 + (int)random.NextBelow(6))], true, "n1", null, null)],
            },
            _ => null,
        };
        // A policy that becomes a staged one, or the other way, is another object: it may take the place of one more.
        return changed is null ? [.. state] : [.. state.Where(resource => resource.Key != old.Key && resource.Key != changed.Key), changed];
    }

    private Resource Relabelled(Resource resource) => resource switch
    {
        NetworkSet set => set with { Metadata = set.Metadata with { Labels = Labels() }, Nets = [Net()] },
        _ => resource with { Metadata = resource.Metadata with { Labels = LabelSet.Of(("team", Pick("x", "y")), ("app", Pick("a", "b")), ("level", Pick("1", "2"))) } },
    };

    public Flow Flow()
    {
        IPProtocol protocol = Pick(IPProtocol.Tcp, IPProtocol.Tcp, IPProtocol.Udp, IPProtocol.Icmp, new IPProtocol(4));
        return new Flow(Anywhere(), Anywhere(), protocol)
        {
            SourcePort = protocol.HasPorts ? Pick(80, 1000, 40_000) : 0,
            DestinationPort = protocol.HasPorts ? Pick(80, 81, 443, 4789, 1000) : 0,
            IcmpType = Pick(8, 3),
            State = Chance(9) ? ConnectionState.New : Pick(ConnectionState.Established, ConnectionState.Invalid),
        };
    }

    private static IPv4Address Address(int index) => new(10, 0, 0, (byte)index);

    private static ObjectMetadata Meta(string name, string ns) => new(name, ns);

    private InternetAddress Anywhere() => Chance(8) ? Address(1 + (int)random.NextBelow(6)) : new IPv4Address(8, 8, 8, 8);

    private Pod Pod(int index) => new(Meta($"p{index}", Pick(_namespaces)) with { Labels = Labels() })
    {
        NodeName = Pick(Nodes),
        Addresses = [Address(index)],
        ServiceAccountName = Pick("default", "sa"),
        Ports = [new ContainerPort("http", IPProtocol.Tcp, Pick<ushort>(80, 81), 0), new ContainerPort("", IPProtocol.Tcp, 443, 0)],
    };

    private IEnumerable<Tier> Tiers()
    {
        if (Chance(6))
        {
            yield return new Tier(Meta("first", ""))
            {
                Order = Chance(5) ? 10 : null,
                DefaultAction = Pick(RuleAction.Deny, RuleAction.Pass),
            };
        }
    }

    private NetworkPolicy GlobalPolicy(int index) => new(Meta($"g{index}", ""), Spec() with
    {
        NamespaceSelector = Chance(3) ? Selector.Parse(Pick("team == 'x'", "all()", "global()")) : null,
    })
    {
        IsStaged = Chance(1),
    };

    private NetworkPolicy NamespacedPolicy(int index) => new(Meta($"c{index}", Pick(_namespaces)), Spec());

    private PolicySpec Spec() => new()
    {
        Tier = Chance(4) ? "first" : "default",
        Order = Chance(7) ? random.NextBelow(3) * 500 : null,
        Selector = Chance(5) ? Selector.All : Selector.Parse(Pick(_selectors)),
        ServiceAccountSelector = Chance(1) ? Selector.Parse("level == '1'") : null,
        Types = (PolicyDirection)random.NextBelow(4),
        Ingress = Rules(),
        Egress = Rules(),
    };

    private RuleSpec[] Rules() => [.. Enumerable.Range(0, (int)random.NextBelow(4)).Select(_ => Rule())];

    private RuleSpec Rule()
    {
        IPProtocol? protocol = Chance(5) ? Pick(IPProtocol.Tcp, IPProtocol.Udp, IPProtocol.Icmp) : null;
        return new RuleSpec(Pick(RuleAction.Allow, RuleAction.Allow, RuleAction.Deny, RuleAction.Pass, RuleAction.Log))
        {
            Protocol = protocol,
            NotProtocol = protocol is null && Chance(1) ? IPProtocol.Udp : null,
            IPVersion = Chance(1) ? Pick(AddressFamily.IPv4, AddressFamily.IPv6) : null,
            Icmp = protocol == IPProtocol.Icmp && Chance(5) ? new IcmpMatch(8, null) : null,
            NotIcmp = protocol == IPProtocol.Icmp && Chance(2) ? new IcmpMatch(3, 0) : null,
            Source = Entity(protocol, false),
            Destination = Entity(protocol, true),
        };
    }

    private EntityRule Entity(IPProtocol? protocol, bool isDestination)
    {
        if (Chance(4))
        {
            return EntityRule.Any;
        }

        bool hasPorts = protocol?.HasPorts == true && Chance(5);
        if (Chance(1))
        {
            return new EntityRule { Services = new ServiceMatch("svc", "red") };
        }

        return new EntityRule
        {
            Nets = Chance(2) ? [.. Enumerable.Range(0, 1 + (int)random.NextBelow(3)).Select(_ => Net())] : [],
            NotNets = Chance(1) ? [.. Enumerable.Range(0, 1 + (int)random.NextBelow(3)).Select(_ => Net())] : [],
            Selector = Chance(4) ? Selector.Parse(Pick(_selectors)) : null,
            NotSelector = Chance(1) ? Selector.Parse(Pick(_selectors)) : null,
            NamespaceSelector = Chance(2) ? Selector.Parse(Pick("team == 'x'", "all()", "global()", "app == 'a'")) : null,
            ServiceAccounts = Chance(1) ? new ServiceAccountMatch(["sa"], null) : null,
            Ports = hasPorts && (isDestination || Chance(3)) ? Ports() : [],
            NotPorts = hasPorts && Chance(2) ? Ports() : [],
        };
    }

    private PortMatch[] Ports()
    {
        if (Chance(2))
        {
            return [.. Enumerable.Range(0, 20).Select(i => new PortMatch((ushort)(70 + i), (ushort)(70 + i)))];
        }

        return
        [
            .. new[] { new PortMatch(80, 80), new PortMatch(400, 1000), new PortMatch("http") }.Where(_ => Chance(5)),
            new PortMatch(81, 81),
        ];
    }

    private KubernetesNetworkPolicy KubernetesPolicy(int index)
    {
        return new KubernetesNetworkPolicy(Meta($"k{index}", Pick(_namespaces)), LabelSelector())
        {
            PolicyTypes = (PolicyDirection)random.NextBelow(4),
            Ingress = Entries(),
            Egress = Entries(),
        };

        KubernetesPolicyRule[] Entries() => [.. Enumerable.Range(0, (int)random.NextBelow(3)).Select(_ => new KubernetesPolicyRule(
            [.. Enumerable.Range(0, (int)random.NextBelow(3)).Select(_ => Peer())],
            [.. Enumerable.Range(0, (int)random.NextBelow(3)).Select(_ => Port())]))];
    }

    private KubernetesPolicyPeer Peer() => Chance(3)
        ? new KubernetesPolicyPeer
        {
            IPBlock = InternetPrefix.Parse("10.0.0.0/29"),
            Except = Chance(5) ? [InternetPrefix.Parse("10.0.0.2/32"), InternetPrefix.Parse("10.0.0.5/32")] : [],
        }
        : new KubernetesPolicyPeer
        {
            PodSelector = LabelSelector(),
            NamespaceSelector = Chance(5) ? new LabelSelector(Chance(5) ? LabelSet.Of(("team", "x")) : LabelSet.Empty, []) : null,
        };

    private KubernetesPolicyPort Port() => new(
        Pick(IPProtocol.Tcp, IPProtocol.Udp), Pick<PortMatch?>(null, new PortMatch(80, 81), new PortMatch("http")));

    private LabelSelector LabelSelector() => Chance(4)
        ? Netemu.Calico.Resources.LabelSelector.Everything
        : new LabelSelector(
            Chance(5) ? LabelSet.Of(("app", Pick("a", "b"))) : LabelSet.Empty,
            Chance(5) ? [new LabelSelectorRequirement("role", Pick(LabelSelectorOperator.Exists, LabelSelectorOperator.DoesNotExist), [])] : []);

    private LabelSet Labels()
    {
        LabelSet labels = LabelSet.Of(("app", Pick("a", "b", "c")));
        labels = Chance(5) ? labels.With("role", Pick("r1", "s")) : labels;
        return Chance(3) ? labels.With("zone", Pick("x", "y")) : labels;
    }

    private InternetPrefix Net() => InternetPrefix.Parse(Pick(_nets));

    /// <summary>True in so many of ten cases.</summary>
    private bool Chance(int tenths) => random.NextBelow(10) < tenths;

    private T Pick<T>(params T[] values) => values[random.NextBelow(values.Length)];
}
