using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Calculation;

/// <summary>
/// Replaces the selectors, named ports and services of active rules by IP sets, and counts who refers to each set: a set
/// lives from its first reference to its last.
/// </summary>
internal sealed class RuleScanner(ICalculationOutput output)
{
    private readonly Dictionary<ResourceKey, IReadOnlyCollection<IPSetKey>> _policySets = [];
    private readonly Dictionary<string, IReadOnlyCollection<IPSetKey>> _profileSets = new(StringComparer.Ordinal);
    private readonly Dictionary<IPSetKey, int> _references = [];

    /// <summary>Where the members of sets come from; set before the first rule is scanned.</summary>
    public IndexSubscription? Sets { get; set; }

    public void PolicyActive(ScannedPolicy policy)
    {
        Replace(_policySets, policy.Policy.Key, policy.Sets);
        output.OnPolicyActive(policy.Update);
    }

    public void PolicyInactive(ResourceKey policy)
    {
        output.OnPolicyInactive(policy);
        Replace(_policySets, policy, []);
    }

    public void ProfileActive(string name, ScannedProfile profile)
    {
        Replace(_profileSets, name, profile.Sets);
        output.OnProfileActive(profile.Update);
    }

    public void ProfileInactive(string name)
    {
        output.OnProfileInactive(name);
        Replace(_profileSets, name, []);
    }

    /// <summary>A policy with sets in place of selectors; the sets are added to those that are used.</summary>
    public static ActivePolicyUpdate Scan(Policy policy, HashSet<IPSetKey> used) => new(
        policy.Key,
        policy.Tier,
        policy.Selector.ToString(),
        policy.DoNotTrack,
        policy.PreDnat,
        Scan(policy.Ingress, used),
        Scan(policy.Egress, used));

    public static ActiveProfileUpdate Scan(string name, Profile profile, HashSet<IPSetKey> used) => new(
        name,
        Scan(PolicyConversion.ConvertRules(profile.Ingress), used),
        Scan(PolicyConversion.ConvertRules(profile.Egress), used));

    /// <summary>Takes the new references before it gives up the old ones, so that a set in both stays.</summary>
    private void Replace<TKey>(Dictionary<TKey, IReadOnlyCollection<IPSetKey>> owners, TKey owner, IReadOnlyCollection<IPSetKey> used)
        where TKey : notnull
    {
        owners.Remove(owner, out IReadOnlyCollection<IPSetKey>? before);
        foreach (IPSetKey set in used)
        {
            int count = _references.GetValueOrDefault(set);
            _references[set] = count + 1;
            if (count == 0)
            {
                Sets!.Activate(set);
            }
        }

        if (used.Count > 0)
        {
            owners.Add(owner, used);
        }

        foreach (IPSetKey set in before ?? [])
        {
            if (--_references[set] == 0)
            {
                _references.Remove(set);
                Sets!.Deactivate(set);
            }
        }
    }

    private static ActiveRule[] Scan(IReadOnlyList<Rule> rules, HashSet<IPSetKey> used) =>
        [.. rules.Select(rule => Scan(rule, used))];

    private static ActiveRule Scan(Rule rule, HashSet<IPSetKey> used) => new(rule.Action, rule.WrittenIndex)
    {
        IPVersion = rule.IPVersion,
        Protocol = rule.Protocol,
        NotProtocol = rule.NotProtocol,
        Icmp = rule.Icmp,
        NotIcmp = rule.NotIcmp,
        Source = Scan(rule.Source, rule.Protocol, isDestination: false, used),
        Destination = Scan(rule.Destination, rule.Protocol, isDestination: true, used),
    };

    private static EntityMatch Scan(RuleEntity entity, IPProtocol? protocol, bool isDestination, HashSet<IPSetKey> used)
    {
        List<string> sets = [];
        List<string> portSets = [];
        if (entity.PositiveSelector is { } positive)
        {
            sets.Add(Use(new IPSetKey(positive)));
        }

        if (entity.Service is { } service)
        {
            (isDestination ? portSets : sets).Add(Use(new IPSetKey(service, withPorts: isDestination)));
        }

        return new EntityMatch
        {
            Nets = entity.Nets,
            NotNets = entity.NotNets,
            IPSets = sets,
            IPPortSets = portSets,
            NotIPSets = entity is { Selector: null, NotSelector: { } negative } ? [Use(new IPSetKey(negative))] : [],
            Ports = [.. entity.Ports.Where(port => !port.IsNamed)],
            NamedPortSets = NamedPorts(entity.Ports),
            NotPorts = [.. entity.NotPorts.Where(port => !port.IsNamed)],
            NotNamedPortSets = NamedPorts(entity.NotPorts),
        };

        string[] NamedPorts(IReadOnlyList<PortMatch> ports) =>
        [
            .. ports.Where(port => port.IsNamed)
                .Select(port => Use(new IPSetKey(entity.NamedPortSelector, port.Name!, protocol ?? IPProtocol.Tcp))),
        ];

        string Use(IPSetKey set)
        {
            used.Add(set);
            return set.Id;
        }
    }
}
