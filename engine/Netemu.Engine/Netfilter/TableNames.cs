using System;
using System.Collections.Immutable;
using Netemu.Engine.Filtering;

namespace Netemu.Engine.Netfilter;

/// <summary>How tables and their base chains are called, and which table sees which hooks.</summary>
public static class TableNames
{
    private static readonly ImmutableArray<HookPoint> RawHooks = [HookPoint.Prerouting, HookPoint.LocalOut];

    private static readonly ImmutableArray<HookPoint> MangleHooks =
        [HookPoint.Prerouting, HookPoint.LocalIn, HookPoint.Forward, HookPoint.LocalOut, HookPoint.Postrouting];

    private static readonly ImmutableArray<HookPoint> NatHooks =
        [HookPoint.Prerouting, HookPoint.LocalIn, HookPoint.LocalOut, HookPoint.Postrouting];

    private static readonly ImmutableArray<HookPoint> FilterHooks = [HookPoint.LocalIn, HookPoint.Forward, HookPoint.LocalOut];

    public static string Text(TableName table) => table switch
    {
        TableName.Raw => "raw",
        TableName.Mangle => "mangle",
        TableName.Nat => "nat",
        _ => "filter",
    };

    public static bool TryParse(ReadOnlySpan<char> text, out TableName table)
    {
        table = text switch
        {
            "raw" => TableName.Raw,
            "mangle" => TableName.Mangle,
            "nat" => TableName.Nat,
            _ => TableName.Filter,
        };
        return text is "raw" or "mangle" or "nat" or "filter";
    }

    /// <summary>The name of the base chain at a hook.</summary>
    public static string BaseChain(HookPoint hook) => hook switch
    {
        HookPoint.Prerouting => "PREROUTING",
        HookPoint.LocalIn => "INPUT",
        HookPoint.Forward => "FORWARD",
        HookPoint.LocalOut => "OUTPUT",
        _ => "POSTROUTING",
    };

    /// <summary>The hook of a base chain; false if the name is no base chain's.</summary>
    public static bool TryHook(string chain, out HookPoint hook)
    {
        hook = chain switch
        {
            "PREROUTING" => HookPoint.Prerouting,
            "INPUT" => HookPoint.LocalIn,
            "FORWARD" => HookPoint.Forward,
            "OUTPUT" => HookPoint.LocalOut,
            _ => HookPoint.Postrouting,
        };
        return BaseChain(hook) == chain;
    }

    /// <summary>The hooks at which a table has a base chain, in the order of a packet's way.</summary>
    public static ImmutableArray<HookPoint> Hooks(TableName table) => table switch
    {
        TableName.Raw => RawHooks,
        TableName.Mangle => MangleHooks,
        TableName.Nat => NatHooks,
        _ => FilterHooks,
    };
}
