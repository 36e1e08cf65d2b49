using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Filtering;
using Netemu.Engine.Netfilter.Nat;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Netfilter.Sets;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>
/// Makes a table of rules ready for evaluation, or says what is wrong with it (translate_table and the extensions'
/// checkentry). Rules that the old table holds too, as the same objects, keep their counters.
/// </summary>
internal sealed class TableCompiler(PacketFilter filter, AddressFamily family, TableName table)
{
    /// <summary>Deeper nesting of jumps than any generator of rules makes.</summary>
    private const int DeepestJump = 256;

    private const int MostPorts = 15;

    private readonly Dictionary<string, CompiledChain> _chains = [];
    private readonly List<IPSet> _sets = [];
    private TableError? _error;

    /// <summary>True if a rule asks for the connection of a packet.</summary>
    public bool NeedsConnections { get; private set; }

    /// <summary>The table, or null with an error.</summary>
    public CompiledTable? Compile(IReadOnlyList<Chain> definitions, CompiledTable? old, out TableError? error)
    {
        CompiledChain[] chains = Declare(definitions);
        Dictionary<Rule, CounterValue> counters = CountersOf(old);
        foreach (CompiledChain chain in chains)
        {
            CompileChain(chain, counters);
            KeepPolicyCounters(chain, old);
        }

        int depth = _error is null ? Depth(chains) : 0;
        if (_error is null)
        {
            CheckHooks(chains);
        }

        error = _error;
        return error is null ? new CompiledTable(family, table, chains, depth, [.. _sets]) : null;
    }

    private CompiledChain[] Declare(IReadOnlyList<Chain> definitions)
    {
        List<CompiledChain> chains = [];
        foreach (HookPoint hook in TableNames.Hooks(table))
        {
            // Base chains are always there.
            string name = TableNames.BaseChain(hook);
            if (!definitions.Any(d => d.Name == name))
            {
                chains.Add(new CompiledChain(new Chain(name, []), chains.Count));
            }
        }

        foreach (Chain definition in definitions)
        {
            chains.Add(new CompiledChain(definition, chains.Count));
        }

        foreach (CompiledChain chain in chains)
        {
            if (!_chains.TryAdd(chain.Definition.Name, chain))
            {
                Fail(TableErrorReason.DuplicateChain, chain.Definition.Name, 0, chain.Definition.Name);
            }
        }

        return [.. chains];
    }

    private static Dictionary<Rule, CounterValue> CountersOf(CompiledTable? old)
    {
        Dictionary<Rule, CounterValue> counters = new(ReferenceEqualityComparer.Instance);
        foreach (CompiledChain chain in old?.Chains ?? [])
        {
            for (int i = 0; i < chain.Rules.Length; i++)
            {
                counters[chain.Definition.Rules[i]] = new CounterValue(chain.Rules[i].Packets, chain.Rules[i].Bytes);
            }
        }

        return counters;
    }

    private static void KeepPolicyCounters(CompiledChain chain, CompiledTable? old)
    {
        foreach (CompiledChain before in old?.Chains ?? [])
        {
            if (before.Definition.Name == chain.Definition.Name && chain.Definition.Initial == default)
            {
                chain.PolicyPackets = before.PolicyPackets;
                chain.PolicyBytes = before.PolicyBytes;
            }
        }
    }

    private void CompileChain(CompiledChain chain, Dictionary<Rule, CounterValue> counters)
    {
        Chain definition = chain.Definition;
        chain.Rules = new CompiledRule[definition.Rules.Length];
        for (int i = 0; i < definition.Rules.Length && _error is null; i++)
        {
            Rule rule = definition.Rules[i];
            ref CompiledRule compiled = ref chain.Rules[i];
            CounterValue counter = counters.GetValueOrDefault(rule, rule.Initial);
            compiled.Packets = counter.Packets;
            compiled.Bytes = counter.Bytes;
            List<CompiledMatch> others = [];
            foreach (RuleMatch match in rule.Matches)
            {
                CompileMatch(ref compiled, match, others, definition.Name, i + 1);
            }

            if (others.Count > 0)
            {
                compiled.Others = [.. others];
                compiled.Conditions |= RuleConditions.Others;
            }

            CompileTarget(ref compiled, rule, definition.Name, i + 1);
        }

        chain.Index = _error is null ? TupleSpaceIndex.For(chain.Rules) : null;
    }

    private void CompileMatch(ref CompiledRule rule, RuleMatch match, List<CompiledMatch> others, string chain, int number)
    {
        CompiledRule own = default;
        if (!TrySimple(ref own, match, chain, number))
        {
            CompiledMatch? other = Other(match, chain, number);
            if (other is not null)
            {
                others.Add(other);
            }
        }
        else if ((rule.Conditions & own.Conditions) != 0)
        {
            others.Add(new RepeatedMatch(own));
        }
        else
        {
            TrySimple(ref rule, match, chain, number);
        }
    }

    /// <summary>Puts a common condition into the rule's own fields; false if it has none for it.</summary>
    private bool TrySimple(ref CompiledRule rule, RuleMatch match, string chain, int number)
    {
        switch (match)
        {
            case RuleMatch.Source source:
                CheckFamily(source.Prefix.Family, chain, number);
                rule.SetSource(source.Prefix);
                Add(ref rule, RuleConditions.Source, source.Negated);
                return true;
            case RuleMatch.Destination destination:
                CheckFamily(destination.Prefix.Family, chain, number);
                rule.SetDestination(destination.Prefix);
                Add(ref rule, RuleConditions.Destination, destination.Negated);
                return true;
            case RuleMatch.Protocol protocol:
                rule.Protocol = protocol.Number;
                Add(ref rule, RuleConditions.Protocol, protocol.Negated);
                return true;
            case RuleMatch.Input input:
                rule.Input = input.Name;
                Add(ref rule, RuleConditions.Input, input.Negated);
                return true;
            case RuleMatch.Output output:
                rule.Output = output.Name;
                Add(ref rule, RuleConditions.Output, output.Negated);
                return true;
            case RuleMatch.SourcePort port:
                rule.SourcePorts = port.Range;
                Add(ref rule, RuleConditions.SourcePort, port.Negated);
                return true;
            case RuleMatch.DestinationPort port:
                rule.DestinationPorts = port.Range;
                Add(ref rule, RuleConditions.DestinationPort, port.Negated);
                return true;
            case RuleMatch.State state:
                NeedsConnections = true;
                rule.States = state.States;
                Add(ref rule, RuleConditions.State, state.Negated);
                return true;
            case RuleMatch.Mark mark:
                rule.Mark = mark.Value;
                rule.MarkMask = mark.Mask;
                Add(ref rule, RuleConditions.Mark, mark.Negated);
                return true;
            default:
                return false;
        }
    }

    private static void Add(ref CompiledRule rule, RuleConditions condition, bool negated)
    {
        rule.Conditions |= condition;
        rule.Negated |= negated ? condition : RuleConditions.None;
    }

    private CompiledMatch? Other(RuleMatch match, string chain, int number)
    {
        NeedsConnections |= match is RuleMatch.ConnectionMark or RuleMatch.OriginalAddress or RuleMatch.OriginalPort or RuleMatch.Direction
            or RuleMatch.ConnectionProtocol or RuleMatch.ReplyAddress or RuleMatch.ReplyPort or RuleMatch.Status or RuleMatch.Expiry
            or RuleMatch.ConnectionLimit;
        switch (match)
        {
            case RuleMatch.Comment or RuleMatch.Module:
                return null;
            case RuleMatch.Fragment fragment:
                return new FragmentMatch(fragment.Negated);
            case RuleMatch.Multiport ports:
                int taken = ports.Ports.Sum(range => range.First == range.Last ? 1 : 2);
                if (taken > MostPorts)
                {
                    Fail(TableErrorReason.TooManyPorts, chain, number, $"{taken} ports, at most {MostPorts}");
                }

                return new MultiportMatch(ports.Side, ports.Ports, ports.Negated);
            case RuleMatch.Tcp tcp:
                return new TcpFlagsMatch(tcp.Mask, tcp.Compare, tcp.Negated);
            case RuleMatch.Icmp icmp:
                return new IcmpMatch(icmp.Type, icmp.Code, icmp.Negated);
            case RuleMatch.OriginalAddress original:
                return new OriginalAddressMatch(original.Side, original.Prefix, original.Negated);
            case RuleMatch.OriginalPort original:
                return new OriginalPortMatch(original.Side, original.Range, original.Negated);
            case RuleMatch.Direction direction:
                return new DirectionMatch(direction.Reply);
            case RuleMatch.ConnectionMark mark:
                return new ConnectionMarkMatch(mark.Value, mark.Mask, mark.Negated);
            case RuleMatch.Set set:
                return CompileSet(set, chain, number);
            case RuleMatch.AddressType type:
                return new AddressTypeMatch(type);
            case RuleMatch.Limit limit:
                return new LimitMatch(filter.Namespace.Node, limit);
            case RuleMatch.Chance chance:
                return new ChanceMatch(filter.Random, chance.Probability, chance.Negated);
            case RuleMatch.Nth nth:
                return new NthMatch(nth.Every, nth.Packet, nth.Negated);
            case RuleMatch.ReversePath path:
                return new ReversePathMatch(path);
            case RuleMatch.Mac mac:
                return new MacMatch(mac.Address, mac.Negated);
            case RuleMatch.Length length:
                return new LengthMatch(length.First, length.Last, length.Negated);
            case RuleMatch.Ttl ttl:
                return new TtlMatch(ttl.Operator, ttl.Value);
            case RuleMatch.Recent recent:
                return new RecentMatch(filter, filter.Recent(recent.Name), recent);
            default:
                return Extension(match);
        }
    }

    private CompiledMatch? Extension(RuleMatch match) => match switch
    {
        RuleMatch.PhysicalDevice port => new PhysicalDeviceMatch(filter, port),
        RuleMatch.ConnectionProtocol protocol => new ConnectionProtocolMatch(protocol.Number, protocol.Negated),
        RuleMatch.ReplyAddress reply => new ReplyAddressMatch(reply.Side, reply.Prefix, reply.Negated),
        RuleMatch.ReplyPort reply => new ReplyPortMatch(reply.Side, reply.Range, reply.Negated),
        RuleMatch.Status status => new StatusMatch(status.Value, status.Negated),
        RuleMatch.Expiry expiry => new ExpiryMatch(expiry.First, expiry.Last, expiry.Negated),
        RuleMatch.TcpOption option => new TcpOptionMatch(option.Number, option.Negated),
        RuleMatch.SctpChunks chunks => new SctpChunksMatch(chunks.Scope, chunks.Chunks, chunks.Negated),
        RuleMatch.AddressRange range => new AddressRangeMatch(range.Side, range.First, range.Last, range.Negated),
        RuleMatch.LinkType link => new LinkTypeMatch(link.Type, link.Negated),
        RuleMatch.Dscp dscp => TrafficClassMatch.OfDscp(dscp),
        RuleMatch.TypeOfService tos => new TrafficClassMatch(tos.Value, tos.Mask, tos.Negated),
        RuleMatch.ConnectionLimit limit => new ConnectionLimitMatch(filter, limit),
        RuleMatch.HashLimit limit => new HashLimitMatch(filter, filter.HashLimits(limit), limit),
        RuleMatch.StringPattern wanted => new StringMatch(wanted),
        _ => null,
    };

    private SetMatch? CompileSet(RuleMatch.Set match, string chain, int number)
    {
        IPSet? set = filter.Sets.Find(match.Name);
        if (set is null)
        {
            Fail(TableErrorReason.UnknownSet, chain, number, match.Name);
            return null;
        }

        if (set.Type != SetType.ListSet && match.Directions.Length < set.Dimensions)
        {
            Fail(TableErrorReason.WrongDimension, chain, number, match.Name);
        }

        _sets.Add(set);
        return new SetMatch(set, match.Directions, match.Negated);
    }

    private void CompileTarget(ref CompiledRule compiled, Rule rule, string chain, int number)
    {
        compiled.Action = rule.Target switch
        {
            null => RuleAction.Continue,
            RuleTarget.Accept => RuleAction.Accept,
            RuleTarget.Drop => RuleAction.Drop,
            RuleTarget.Return => RuleAction.Return,
            RuleTarget.Jump => RuleAction.Jump,
            RuleTarget.Goto => RuleAction.Goto,
            _ => RuleAction.Target,
        };
        switch (rule.Target)
        {
            case RuleTarget.Jump jump:
                compiled.Chain = Resolve(jump.Chain, chain, number);
                break;
            case RuleTarget.Goto jump:
                compiled.Chain = Resolve(jump.Chain, chain, number);
                break;
            default:
                compiled.Target = compiled.Action == RuleAction.Target ? Target(rule, chain, number) : null;
                break;
        }
    }

    private CompiledChain? Resolve(string name, string chain, int number)
    {
        if (!_chains.TryGetValue(name, out CompiledChain? target))
        {
            Fail(TableErrorReason.UnknownChain, chain, number, name);
        }
        else if (IsBase(name))
        {
            Fail(TableErrorReason.JumpToBaseChain, chain, number, name);
        }

        return target;
    }

    private CompiledTarget? Target(Rule rule, string chain, int number)
    {
        NeedsConnections |= rule.Target is RuleTarget.ConnectionMark or RuleTarget.SaveMark or RuleTarget.RestoreMark;
        bool isNat = rule.Target is RuleTarget.Dnat or RuleTarget.Snat or RuleTarget.Masquerade or RuleTarget.Redirect or RuleTarget.NetMap;
        if ((isNat && table != TableName.Nat)
            || (rule.Target is RuleTarget.Reject && table != TableName.Filter)
            || (rule.Target is RuleTarget.NoTrack && table != TableName.Raw))
        {
            Fail(TableErrorReason.WrongTable, chain, number, rule.Target!.GetType().Name.ToUpperInvariant());
        }

        if (rule.Target is RuleTarget.Reject { Type: RejectType.TcpReset } or RuleTarget.TcpMss
            && !rule.Matches.Any(m => m is RuleMatch.Protocol { Number: IPProtocol.Tcp, Negated: false }))
        {
            Fail(TableErrorReason.TargetNeedsTcp, chain, number, rule.Target.GetType().Name.ToUpperInvariant());
        }

        return rule.Target switch
        {
            RuleTarget.Reject reject => new RejectTarget(reject.Type),
            RuleTarget.Log log => new LogTarget(filter, log.Prefix, 0),
            RuleTarget.NfLog log => new LogTarget(filter, log.Prefix, log.Group),
            RuleTarget.Mark mark => new MarkTarget(mark.Value, mark.Mask),
            RuleTarget.ConnectionMark mark => new ConnectionMarkTarget(mark.Value, mark.Mask),
            RuleTarget.SaveMark mark => new SaveMarkTarget(mark.PacketMask, mark.ConnectionMask),
            RuleTarget.RestoreMark mark => new RestoreMarkTarget(mark.PacketMask, mark.ConnectionMask),
            RuleTarget.NoTrack => new NoTrackTarget(),
            RuleTarget.Dnat nat => new DestinationNatTarget(filter.Nat, nat.Range),
            RuleTarget.Snat nat => new SourceNatTarget(filter.Nat, nat.Range),
            RuleTarget.Masquerade nat => new MasqueradeTarget(filter.Nat, nat.Range),
            RuleTarget.Redirect nat => new RedirectTarget(filter.Nat, nat.Range),
            RuleTarget.NetMap map => new NetMapTarget(filter.Nat, map.Prefix),
            RuleTarget.TcpMss mss => new TcpMssTarget(mss.Value),
            _ => null,
        };
    }

    /// <summary>How many jumps are open at once at most; a chain that comes back to itself is an error.</summary>
    private int Depth(CompiledChain[] chains)
    {
        int[] depths = new int[chains.Length];
        byte[] colours = new byte[chains.Length];
        int deepest = 0;
        foreach (CompiledChain chain in chains)
        {
            deepest = System.Math.Max(deepest, DepthOf(chain, depths, colours, 0));
        }

        return deepest;
    }

    private int DepthOf(CompiledChain chain, int[] depths, byte[] colours, int nesting)
    {
        const byte Open = 1;
        const byte Done = 2;
        if (colours[chain.Order] == Done)
        {
            return depths[chain.Order];
        }

        if (colours[chain.Order] == Open || nesting > DeepestJump)
        {
            Fail(TableErrorReason.Loop, chain.Definition.Name, 0, chain.Definition.Name);
            return 0;
        }

        colours[chain.Order] = Open;
        int depth = 0;
        foreach (CompiledRule rule in chain.Rules)
        {
            if (rule.Chain is not null)
            {
                int below = DepthOf(rule.Chain, depths, colours, nesting + 1);
                depth = System.Math.Max(depth, rule.Action == RuleAction.Jump ? below + 1 : below);
            }
        }

        colours[chain.Order] = Done;
        depths[chain.Order] = depth;
        return depth;
    }

    /// <summary>Targets that only make sense at some hooks may not be reached from the others.</summary>
    private void CheckHooks(CompiledChain[] chains)
    {
        foreach (HookPoint hook in TableNames.Hooks(table))
        {
            CheckHook(_chains[TableNames.BaseChain(hook)], hook, new bool[chains.Length]);
        }
    }

    private void CheckHook(CompiledChain chain, HookPoint hook, bool[] seen)
    {
        if (seen[chain.Order])
        {
            return;
        }

        seen[chain.Order] = true;
        bool source = hook is HookPoint.Postrouting or HookPoint.LocalIn;
        for (int i = 0; i < chain.Rules.Length; i++)
        {
            bool wrong = chain.Definition.Rules[i].Target switch
            {
                RuleTarget.Dnat or RuleTarget.Redirect => source,
                RuleTarget.Snat => !source,
                RuleTarget.Masquerade => hook != HookPoint.Postrouting,
                _ => false,
            };
            if (wrong)
            {
                Fail(TableErrorReason.WrongHook, chain.Definition.Name, i + 1, TableNames.BaseChain(hook));
            }

            if (chain.Rules[i].Chain is CompiledChain next)
            {
                CheckHook(next, hook, seen);
            }
        }
    }

    private bool IsBase(string name) =>
        TableNames.TryHook(name, out HookPoint hook) && TableNames.Hooks(table).Contains(hook);

    private void CheckFamily(AddressFamily given, string chain, int number)
    {
        if (given != family)
        {
            Fail(TableErrorReason.WrongFamily, chain, number, $"{given}");
        }
    }

    private void Fail(TableErrorReason reason, string chain, int number, string detail) =>
        _error ??= new TableError(reason, chain, number, detail);
}
