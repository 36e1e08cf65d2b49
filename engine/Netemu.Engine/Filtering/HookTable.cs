using System;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter;

namespace Netemu.Engine.Filtering;

/// <summary>The hooks of one namespace, per family and point, in the order of priority (lowest first, as in Linux).</summary>
public sealed class HookTable
{
    private const int Points = 5;

    private readonly Entry[]?[] _entries = new Entry[]?[2 * Points];
    private readonly EstablishedPath?[] _established = new EstablishedPath?[2];
    private bool _isEstablishedKnown;

    /// <summary>True while no hook sees the IPv4 packets that are forwarded.</summary>
    internal bool ForwardsIPv4 { get; private set; } = true;

    /// <summary>True while no hook sees the IPv6 packets that are forwarded.</summary>
    internal bool ForwardsIPv6 { get; private set; } = true;

    /// <summary>True while no hook sees the IPv4 packets that this namespace sends itself.</summary>
    internal bool SendsIPv4 { get; private set; } = true;

    /// <summary>Hooks in; those of equal priority run in the order in which they were added.</summary>
    public void Add(AddressFamily family, HookPoint point, int priority, IPacketHook hook)
    {
        ref Entry[]? entries = ref _entries[IndexOf(family, point)];
        entries ??= [];
        int index = Array.FindIndex(entries, e => e.Priority > priority);
        index = index < 0 ? entries.Length : index;
        entries = [.. entries[..index], new Entry(priority, hook), .. entries[index..]];
        Changed();
    }

    public void Remove(AddressFamily family, HookPoint point, IPacketHook hook)
    {
        ref Entry[]? entries = ref _entries[IndexOf(family, point)];
        entries = entries is null ? null : Array.FindAll(entries, e => !ReferenceEquals(e.Hook, hook));
        if (entries is { Length: 0 })
        {
            entries = null;
        }

        Changed();
    }

    /// <summary>True if the packet goes on; false if a hook has ended or kept it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Pass(
        NetworkNamespace space, HookPoint point, AddressFamily family, Frame frame, NetDevice? input, NetDevice? output)
    {
        Entry[]? entries = _entries[IndexOf(family, point)];
        return entries is null || PassAll(entries, space, point, family, frame, input, output);
    }

    private static bool PassAll(
        Entry[] entries,
        NetworkNamespace space,
        HookPoint point,
        AddressFamily family,
        Frame frame,
        NetDevice? input,
        NetDevice? output)
    {
        foreach (Entry entry in entries)
        {
            if (entry.Hook.Evaluate(space, point, family, frame, input, output) != HookVerdict.Accept)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// What the hooks do to forwarded packets of established connections; null if they do not the same to all of them.
    /// </summary>
    internal EstablishedPath? Established(AddressFamily family)
    {
        if (!_isEstablishedKnown)
        {
            _established[0] = FollowEstablished(AddressFamily.IPv4);
            _established[1] = FollowEstablished(AddressFamily.IPv6);
            _isEstablishedKnown = true;
        }

        return _established[family == AddressFamily.IPv4 ? 0 : 1];
    }

    /// <summary>A hook does something else than before from now on.</summary>
    internal void ForgetEstablished() => _isEstablishedKnown = false;

    private EstablishedPath? FollowEstablished(AddressFamily family)
    {
        EstablishedPath path = new();
        foreach (HookPoint point in (ReadOnlySpan<HookPoint>)[HookPoint.Prerouting, HookPoint.Forward, HookPoint.Postrouting])
        {
            foreach (Entry entry in _entries[IndexOf(family, point)] ?? [])
            {
                if (entry.Hook is not IUniformHook hook || !hook.TryFollow(point, path))
                {
                    return null;
                }
            }
        }

        return path.Tracker is null ? null : path;
    }

    private void Changed()
    {
        ForgetEstablished();
        ForwardsIPv4 = Forwards(AddressFamily.IPv4);
        ForwardsIPv6 = Forwards(AddressFamily.IPv6);
        SendsIPv4 = _entries[IndexOf(AddressFamily.IPv4, HookPoint.LocalOut)] is null
            && _entries[IndexOf(AddressFamily.IPv4, HookPoint.Postrouting)] is null;
    }

    private bool Forwards(AddressFamily family) =>
        _entries[IndexOf(family, HookPoint.Prerouting)] is null
        && _entries[IndexOf(family, HookPoint.Forward)] is null
        && _entries[IndexOf(family, HookPoint.Postrouting)] is null;

    private static int IndexOf(AddressFamily family, HookPoint point) =>
        (family == AddressFamily.IPv4 ? 0 : Points) + (int)point;

    private readonly record struct Entry(int Priority, IPacketHook Hook);
}
