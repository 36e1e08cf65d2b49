using System;
using System.Collections.Generic;
using System.Numerics;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>
/// Tuple-space search over a long chain: rules that compare the same fields exactly, with the same prefix lengths, share a
/// hash table keyed by those fields; every other condition is asked of the few rules that the key finds. Tables are tried
/// in the order of their first rule and only as long as they could hold an earlier one than was found. Rules that keep
/// state (limit, statistic) are asked one by one, in order, and only when a walk would have come to them.
/// </summary>
internal sealed class TupleSpaceIndex : RuleIndex
{
    /// <summary>Below this a linear walk is as fast.</summary>
    internal const int FewestRules = 24;

    /// <summary>Rules looked at one by one before the index: where most packets end (established connections).</summary>
    private const int LinearPrefix = 4;

    private readonly CompiledRule[] _rules;
    private readonly Space[] _spaces;
    private readonly int[] _stateful;
    private readonly bool _usesNames;

    private TupleSpaceIndex(CompiledRule[] rules, Space[] spaces, int[] stateful, bool usesNames)
    {
        _rules = rules;
        _spaces = spaces;
        _stateful = stateful;
        _usesNames = usesNames;
    }

    /// <summary>An index for the rules, or null when there are few.</summary>
    public static TupleSpaceIndex? For(CompiledRule[] rules)
    {
        if (rules.Length < FewestRules)
        {
            return null;
        }

        List<Space> spaces = [];
        List<int> stateful = [];
        Dictionary<Shape, List<int>> groups = [];
        List<Shape> order = [];
        bool usesNames = false;
        for (int i = 0; i < rules.Length; i++)
        {
            if (IsStateful(rules[i]))
            {
                stateful.Add(i);
                continue;
            }

            Shape shape = Shape.Of(rules[i]);
            usesNames |= (shape.Exact & (RuleConditions.Input | RuleConditions.Output)) != 0;
            if (!groups.TryGetValue(shape, out List<int>? members))
            {
                members = [];
                groups.Add(shape, members);
                order.Add(shape);
            }

            members.Add(i);
        }

        foreach (Shape shape in order)
        {
            spaces.Add(new Space(shape, groups[shape], rules));
        }

        return new TupleSpaceIndex(rules, [.. spaces], [.. stateful], usesNames);
    }

    public override int FindNext(ref PacketView view, int start)
    {
        CompiledRule[] rules = _rules;
        int first = Math.Min(start + LinearPrefix, rules.Length);
        for (int i = start; i < first; i++)
        {
            if (rules[i].Matches(ref view))
            {
                return i;
            }

            if (view.HotDrop)
            {
                return rules.Length;
            }
        }

        view.Read();
        if (!view.HasTransport && view.Protocol is IPProtocol.Tcp or IPProtocol.Udp && !view.HasTransport)
        {
            // A cut header or a later fragment: walking says which rule must drop it.
            return Walk(ref view, first);
        }

        int best = Search(ref view, first);
        foreach (int i in _stateful)
        {
            if (i >= first && i < best && rules[i].Matches(ref view))
            {
                return i;
            }
        }

        return best;
    }

    private int Walk(ref PacketView view, int start)
    {
        for (int i = start; i < _rules.Length && !view.HotDrop; i++)
        {
            if (_rules[i].Matches(ref view))
            {
                return i;
            }
        }

        return _rules.Length;
    }

    private int Search(ref PacketView view, int start)
    {
        ulong input = _usesNames ? Hash(view.Input?.Name) : 0;
        ulong output = _usesNames ? Hash(view.Output?.Name) : 0;
        int best = _rules.Length;
        foreach (Space space in _spaces)
        {
            if (space.First >= best)
            {
                // Spaces are in the order of their first rules.
                break;
            }

            if (space.Last < start)
            {
                continue;
            }

            for (int i = space.Find(space.Shape.Key(ref view, input, output)); i >= 0 && i < best; i = space.Next(i))
            {
                if (i >= start && _rules[i].Matches(ref view))
                {
                    best = i;
                    break;
                }
            }
        }

        return best;
    }

    private static bool IsStateful(in CompiledRule rule) =>
        rule.Others is not null && Array.Exists(rule.Others, match => match is LimitMatch or ChanceMatch or NthMatch);

    private static ulong Hash(string? name)
    {
        ulong hash = 0xCBF2_9CE4_8422_2325;
        foreach (char c in name ?? string.Empty)
        {
            hash = (hash ^ c) * 0x100_0000_01B3;
        }

        return hash;
    }

    /// <summary>Which fields a group of rules compares exactly, and under which masks.</summary>
    private readonly record struct Shape(
        RuleConditions Exact, ulong SourceMaskHigh, ulong SourceMaskLow, ulong DestinationMaskHigh, ulong DestinationMaskLow)
    {
        public static Shape Of(in CompiledRule rule)
        {
            RuleConditions exact = rule.Conditions & ~rule.Negated & (RuleConditions.Headers | RuleConditions.Input | RuleConditions.Output);
            exact = IsRange(rule.SourcePorts) ? exact & ~RuleConditions.SourcePort : exact;
            exact = IsRange(rule.DestinationPorts) ? exact & ~RuleConditions.DestinationPort : exact;
            exact = rule.Input?.EndsWith('+') == true ? exact & ~RuleConditions.Input : exact;
            exact = rule.Output?.EndsWith('+') == true ? exact & ~RuleConditions.Output : exact;
            bool source = (exact & RuleConditions.Source) != 0;
            bool destination = (exact & RuleConditions.Destination) != 0;
            return new Shape(
                exact,
                source ? rule.SourceMaskHigh : 0,
                source ? rule.SourceMaskLow : 0,
                destination ? rule.DestinationMaskHigh : 0,
                destination ? rule.DestinationMaskLow : 0);
        }

        /// <summary>The key under which the rules that may match a packet stand.</summary>
        public ulong Key(ref PacketView view, ulong input, ulong output) => Mix(
            view.SourceHigh, view.SourceLow, view.DestinationHigh, view.DestinationLow, view.Protocol, view.SourcePort, view.DestinationPort, input, output);

        public ulong Key(in CompiledRule rule) => Mix(
            rule.SourceHigh,
            rule.SourceLow,
            rule.DestinationHigh,
            rule.DestinationLow,
            rule.Protocol,
            rule.SourcePorts.First,
            rule.DestinationPorts.First,
            (Exact & RuleConditions.Input) != 0 ? Hash(rule.Input) : 0,
            (Exact & RuleConditions.Output) != 0 ? Hash(rule.Output) : 0);

        private ulong Mix(
            ulong sourceHigh,
            ulong sourceLow,
            ulong destinationHigh,
            ulong destinationLow,
            IPProtocol protocol,
            ushort sourcePort,
            ushort destinationPort,
            ulong input,
            ulong output)
        {
            ulong key = ((sourceLow & SourceMaskLow) * 0x9E3779B97F4A7C15UL) + ((destinationLow & DestinationMaskLow) * 0xD6E8FEB86659FD93UL)
                + ((sourceHigh & SourceMaskHigh) * 0xA0761D6478BD642FUL) + ((destinationHigh & DestinationMaskHigh) * 0xE7037ED1A0B428DBUL);
            ulong rest = ((Exact & RuleConditions.Protocol) != 0 ? (ulong)protocol : 0)
                | ((Exact & RuleConditions.SourcePort) != 0 ? (ulong)sourcePort << 8 : 0)
                | ((Exact & RuleConditions.DestinationPort) != 0 ? (ulong)destinationPort << 24 : 0);
            key = (BitOperations.RotateLeft(key, 29) ^ rest) * 0x8EBC6AF09C88C6E3UL;
            key += ((Exact & RuleConditions.Input) != 0 ? input * 3 : 0) + ((Exact & RuleConditions.Output) != 0 ? output * 5 : 0);
            return key ^ (key >> 32);
        }

        private static bool IsRange(PortRange range) => range.First != range.Last;
    }

    /// <summary>The rules of one shape, by key; those of equal keys are chained in order.</summary>
    private sealed class Space
    {
        private readonly ulong[] _keys;
        private readonly int[] _heads;
        private readonly int _mask;
        private readonly int[] _next;
        private readonly int _base;

        public Space(Shape shape, List<int> members, CompiledRule[] rules)
        {
            Shape = shape;
            First = members[0];
            Last = members[^1];
            int size = (int)BitOperations.RoundUpToPowerOf2((uint)members.Count * 2);
            _mask = size - 1;
            _keys = new ulong[size];
            _heads = new int[size];
            Array.Fill(_heads, -1);
            _base = First;
            _next = new int[Last - First + 1];
            Array.Fill(_next, -1);

            // From the last to the first, so that each chain is in order.
            for (int i = members.Count - 1; i >= 0; i--)
            {
                Put(shape.Key(rules[members[i]]), members[i]);
            }
        }

        public Shape Shape { get; }

        /// <summary>The lowest rule.</summary>
        public int First { get; }

        /// <summary>The highest rule.</summary>
        public int Last { get; }

        /// <summary>The lowest rule of that key, or -1.</summary>
        public int Find(ulong key)
        {
            int i = (int)key & _mask;
            while (_heads[i] >= 0)
            {
                if (_keys[i] == key)
                {
                    return _heads[i];
                }

                i = (i + 1) & _mask;
            }

            return -1;
        }

        /// <summary>The next rule of the same key, or -1.</summary>
        public int Next(int rule) => _next[rule - _base];

        private void Put(ulong key, int rule)
        {
            int i = (int)key & _mask;
            while (_heads[i] >= 0 && _keys[i] != key)
            {
                i = (i + 1) & _mask;
            }

            _next[rule - _base] = _heads[i];
            _keys[i] = key;
            _heads[i] = rule;
        }
    }
}
