using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Evaluation;
using Netemu.Engine.Netfilter.Nat;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Netfilter.Sets;

namespace Netemu.Engine.Netfilter;

/// <summary>
/// Netfilter of one namespace: the tables of both families, IP sets, connections and translations. What is not used is not
/// hooked in: a table with its first rules, connection tracking with the first rule or table that asks for it.
/// </summary>
public sealed class PacketFilter
{
    private const int Tables = 4;

    private readonly CompiledTable?[] _tables = new CompiledTable?[2 * Tables];
    private readonly TableHook?[] _hooks = new TableHook?[2 * Tables];
    private readonly Dictionary<string, RecentTable> _recent = new(StringComparer.Ordinal);
    private readonly Dictionary<RuleMatch.HashLimit, HashLimitTable> _hashLimits = [];
    private ConnectionConfirmation? _confirmation;
    private RandomSource? _random;
    private NatHook? _natHook;

    internal PacketFilter(NetworkNamespace space)
    {
        Namespace = space;
        Sets = new SetTable(space.Node);
        Connections = new ConnectionTable(space);
        Nat = new NatEngine(this);
    }

    public NetworkNamespace Namespace { get; }

    public SetTable Sets { get; }

    public ConnectionTable Connections { get; }

    /// <summary>True once packets are tracked; it stays so.</summary>
    public bool IsTracking { get; private set; }

    /// <summary>Takes what LOG and NFLOG write; null throws it away.</summary>
    public Action<PacketLogEntry>? Log { get; set; }

    /// <summary>The rule that dropped or rejected the last packet, valid while its drop is being reported.</summary>
    public DropExplanation LastDrop { get; private set; }

    /// <summary>Raised for each packet that a rule or policy ends, before the frame ends.</summary>
    public Action<Frame, DropReason, DropExplanation>? DropExplained { get; set; }

    /// <summary>The bridge port that a bridged packet leaves by, while the hooks look at it (nf_bridge_info's physoutdev).</summary>
    internal NetDevice? PhysicalOutput { get; set; }

    internal NatEngine Nat { get; }

    internal RandomSource Random =>
        _random ??= Namespace.Node.Random(Namespace.Name.Length == 0 ? "netfilter" : $"netfilter/{Namespace.Name}");

    /// <summary>
    /// Puts a table in force in place of the old one, in one step (iptables-restore). Base chains that are not given are
    /// empty and accept. Rules and policies that stay, as the same objects and names, keep their counters. With an error
    /// nothing has changed.
    /// </summary>
    public TableError? ReplaceTable(AddressFamily family, TableName name, IEnumerable<Chain> chains)
    {
        int index = IndexOf(family, name);
        CompiledTable? old = _tables[index];
        TableCompiler compiler = new(this, family, name);
        CompiledTable? compiled = compiler.Compile([.. chains], old, out TableError? error);
        if (compiled is null)
        {
            return error;
        }

        if (compiler.NeedsConnections || name == TableName.Nat)
        {
            StartTracking();
        }

        foreach (IPSet set in compiled.Sets)
        {
            set.References++;
        }

        foreach (IPSet set in old?.Sets ?? [])
        {
            set.References--;
        }

        _tables[index] = compiled;
        Hook(family, name).Table = compiled;
        Namespace.Hooks!.ForgetEstablished();
        return null;
    }

    /// <summary>
    /// Replaces some chains of a table and removes others, in one step (iptables-restore --noflush): all else stays.
    /// </summary>
    public TableError? UpdateTable(
        AddressFamily family, TableName name, IEnumerable<Chain> replaced, IEnumerable<string>? removed = null)
    {
        List<Chain> chains = [.. TableOf(family, name)];
        HashSet<string> gone = [.. removed ?? []];
        chains.RemoveAll(chain => gone.Contains(chain.Name));
        foreach (Chain chain in replaced)
        {
            int index = chains.FindIndex(c => c.Name == chain.Name);
            if (index < 0)
            {
                chains.Add(chain);
            }
            else
            {
                chains[index] = chain;
            }
        }

        return ReplaceTable(family, name, chains);
    }

    /// <summary>The chains of a table as written, base chains first; empty if it was never filled.</summary>
    public IReadOnlyList<Chain> TableOf(AddressFamily family, TableName name) =>
        _tables[IndexOf(family, name)]?.Chains.Select(chain => chain.Definition).ToArray() ?? [];

    /// <summary>True once the table has been filled.</summary>
    public bool HasTable(AddressFamily family, TableName name) => _tables[IndexOf(family, name)] is not null;

    /// <summary>What a rule, counted from 1, has matched so far; zero if there is none.</summary>
    public CounterValue Counter(AddressFamily family, TableName name, string chain, int number)
    {
        CompiledChain? found = Find(family, name, chain);
        return found is null || number < 1 || number > found.Rules.Length
            ? default
            : new CounterValue(found.Rules[number - 1].Packets, found.Rules[number - 1].Bytes);
    }

    /// <summary>What a base chain's policy has decided so far.</summary>
    public CounterValue PolicyCounter(AddressFamily family, TableName name, string chain)
    {
        CompiledChain? found = Find(family, name, chain);
        return found is null ? default : new CounterValue(found.PolicyPackets, found.PolicyBytes);
    }

    /// <summary>Sets the counters of a chain, or of all chains, to zero (iptables -Z).</summary>
    public void ZeroCounters(AddressFamily family, TableName name, string? chain = null)
    {
        foreach (CompiledChain compiled in _tables[IndexOf(family, name)]?.Chains ?? [])
        {
            if (chain is null || compiled.Definition.Name == chain)
            {
                compiled.PolicyPackets = compiled.PolicyBytes = 0;
                foreach (ref CompiledRule rule in compiled.Rules.AsSpan())
                {
                    rule.Packets = rule.Bytes = 0;
                }
            }
        }
    }

    /// <summary>Hooks connection tracking in, for both families.</summary>
    public void StartTracking()
    {
        if (IsTracking)
        {
            return;
        }

        IsTracking = true;
        HookTable hooks = Namespace.WritableHooks();
        ConnectionTracker tracker = new(Connections);
        ConnectionConfirmation confirmation = _confirmation = new(Connections);
        hooks.Add(AddressFamily.IPv4, HookPoint.Prerouting, HookPriority.ConntrackDefragment, new Defragmenter());
        foreach (AddressFamily family in (ReadOnlySpan<AddressFamily>)[AddressFamily.IPv4, AddressFamily.IPv6])
        {
            hooks.Add(family, HookPoint.Prerouting, HookPriority.Conntrack, tracker);
            hooks.Add(family, HookPoint.LocalOut, HookPriority.Conntrack, tracker);
            hooks.Add(family, HookPoint.Postrouting, HookPriority.ConntrackConfirm, confirmation);
            hooks.Add(family, HookPoint.LocalIn, HookPriority.ConntrackConfirm, confirmation);
        }
    }

    internal CompiledTable? Compiled(AddressFamily family, TableName name) => _tables[IndexOf(family, name)];

    /// <summary>Ends a frame by a table's verdict.</summary>
    internal void Drop(Frame frame, TableVerdict verdict, in DropExplanation where)
    {
        LastDrop = where;
        DropReason reason = verdict switch
        {
            TableVerdict.Reject => DropReason.PolicyReject,
            TableVerdict.NatExhausted => DropReason.NatExhausted,
            _ => DropReason.PolicyDrop,
        };
        DropExplained?.Invoke(frame, reason, where);
        Namespace.Drop(frame, reason);
    }

    /// <summary>The namespace ends: no timer stays behind.</summary>
    internal void Destroy()
    {
        _confirmation?.DropHeld();
        Connections.Clear();
    }

    /// <summary>Packets that wait for the confirmation of their connection.</summary>
    internal int HeldFrames => _confirmation?.Held ?? 0;

    /// <summary>The list of `-m recent` of that name; it outlives the rules that name it.</summary>
    internal RecentTable Recent(string name)
    {
        if (!_recent.TryGetValue(name, out RecentTable? table))
        {
            table = new RecentTable();
            _recent.Add(name, table);
        }

        return table;
    }

    /// <summary>The table of `-m hashlimit` that rules of one name and setting share.</summary>
    internal HashLimitTable HashLimits(RuleMatch.HashLimit match)
    {
        if (!_hashLimits.TryGetValue(match, out HashLimitTable? table))
        {
            table = new HashLimitTable(match, Namespace.Node.Now.Nanoseconds);
            _hashLimits.Add(match, table);
        }

        return table;
    }

    private CompiledChain? Find(AddressFamily family, TableName name, string chain) =>
        Array.Find(_tables[IndexOf(family, name)]?.Chains ?? [], c => c.Definition.Name == chain);

    private TableHook Hook(AddressFamily family, TableName name)
    {
        ref TableHook? hook = ref _hooks[IndexOf(family, name)];
        if (hook is not null)
        {
            return hook;
        }

        hook = new TableHook(this);
        HookTable hooks = Namespace.WritableHooks();
        if (name == TableName.Nat)
        {
            _natHook ??= new NatHook(this);
            foreach (HookPoint point in TableNames.Hooks(name))
            {
                bool source = point is HookPoint.Postrouting or HookPoint.LocalIn;
                hooks.Add(family, point, source ? HookPriority.NatSource : HookPriority.NatDestination, _natHook);
            }

            return hook;
        }

        int priority = name switch
        {
            TableName.Raw => HookPriority.Raw,
            TableName.Mangle => HookPriority.Mangle,
            _ => HookPriority.Filter,
        };
        foreach (HookPoint point in TableNames.Hooks(name))
        {
            hooks.Add(family, point, priority, hook);
        }

        return hook;
    }

    private static int IndexOf(AddressFamily family, TableName name) =>
        (family == AddressFamily.IPv4 ? 0 : Tables) + (int)name;
}
