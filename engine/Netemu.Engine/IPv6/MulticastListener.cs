using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.IPv6;

/// <summary>
/// The listener's side of MLD on one device (net/ipv6/mcast.c): groups with their users, version 2 reports (RFC 3810), or
/// version 1 (RFC 2710) where a sysctl or an old querier asks for it.
/// </summary>
public sealed class MulticastListener
{
    /// <summary>MLD_QRV_DEFAULT: a change is reported twice.</summary>
    private const int Robustness = 2;

    /// <summary>Two jiffies at 250 Hz: as soon as the kernel's work queue gets to it.</summary>
    private static readonly Duration Soon = Duration.FromMilliseconds(8);

    /// <summary>Robustness times query interval plus response interval: how long an old querier is remembered.</summary>
    private static readonly Duration OldQuerierPresent = Duration.FromSeconds(260);

    private readonly IPv6Interface _owner;
    private readonly List<MulticastGroup> _groups = [];
    private readonly CallbackTimer _changeTimer;
    private readonly CallbackTimer _initialTimer;
    private readonly CallbackTimer _answerTimer;
    private readonly CallbackTimer _groupTimer;
    private ulong _filter;
    private int _changes;
    private int _initial;
    private SimTime _version1Until;
    private RandomSource? _random;

    internal MulticastListener(IPv6Interface owner)
    {
        _owner = owner;
        _changeTimer = new CallbackTimer(ReportChanges);
        _initialTimer = new CallbackTimer(ReportInitially);
        _answerTimer = new CallbackTimer(() => SendReport([.. Reported()], MulticastListenerMessage.ModeIsExclude));
        _groupTimer = new CallbackTimer(ReportDueGroups);
    }

    /// <summary>The groups, the latest first, as `ip maddr` prints them.</summary>
    public IEnumerable<IPv6Address> Groups =>
        _groups.Where(g => !g.IsLeft).Select(g => g.Address);

    private Node Node => _owner.Device.Node;

    private bool SpeaksVersion1 =>
        _owner.Settings.ForceMldVersion == 1 || (_owner.Settings.ForceMldVersion == 0 && Node.Now < _version1Until);

    private RandomSource Random =>
        _random ??= Node.Random($"{_owner.Stack.Namespace.Name}/{_owner.Device.Name}/mld");

    /// <summary>True if the group is listened to. A 64-bit filter answers "no" for nearly all that a bridge floods.</summary>
    public bool IsMember(IPv6Address group)
    {
        if ((_filter >> BitOf(group) & 1) == 0)
        {
            return false;
        }

        foreach (MulticastGroup member in _groups)
        {
            if (member.Address == group)
            {
                return !member.IsLeft;
            }
        }

        return false;
    }

    /// <summary>One more user of a group; the first one is reported.</summary>
    public void Join(IPv6Address group)
    {
        MulticastGroup? member = _groups.Find(g => g.Address == group);
        if (member is null)
        {
            member = new MulticastGroup(group);
            _groups.Insert(0, member);
            _filter |= 1UL << BitOf(group);
        }

        if (++member.Users == 1)
        {
            Changed(member);
        }
    }

    /// <summary>One user less; the last one's leaving is reported.</summary>
    public void Leave(IPv6Address group)
    {
        MulticastGroup? member = _groups.Find(g => g.Address == group);
        if (member is null || member.IsLeft || --member.Users > 0)
        {
            return;
        }

        bool silent = !member.IsReported || !_owner.IsEnabled;
        if (SpeaksVersion1 && !silent)
        {
            SendVersion1(Icmpv6Type.MulticastListenerDone, member.Address, IPv6Address.AllRouters);
            silent = true;
        }

        if (silent)
        {
            _groups.Remove(member);
            RebuildFilter();
            return;
        }

        Changed(member);
    }

    /// <summary>Says again what is listened to: the device has come up, or may hang on another switch (ipv6_mc_up).</summary>
    internal void Announce()
    {
        foreach (MulticastGroup group in _groups.ToArray())
        {
            Changed(group);
        }
    }

    /// <summary>The first link-local address may be used: reports from "::" count for little, so all are sent again (RFC 3590).</summary>
    internal void DadCompleted()
    {
        _initial = Robustness;
        ReportInitially();
    }

    /// <summary>The device goes down: groups of addresses go with them, timers stop.</summary>
    internal void Stop()
    {
        Node.Cancel(_changeTimer);
        Node.Cancel(_initialTimer);
        Node.Cancel(_answerTimer);
        Node.Cancel(_groupTimer);
        _groups.RemoveAll(g => g.IsLeft);
        _changes = 0;
        _initial = 0;
        RebuildFilter();
    }

    /// <summary>A query, whose hop limit and source have been checked (igmp6_event_query).</summary>
    internal void ReceiveQuery(ReadOnlySpan<byte> message)
    {
        long delay = Math.Max(1, MulticastListenerMessage.MaximumResponseDelay(message));
        bool version1 = message.Length < MulticastListenerMessage.Version2QuerySize || SpeaksVersion1;
        if (message.Length < MulticastListenerMessage.Version2QuerySize)
        {
            if (_owner.Settings.ForceMldVersion == 2)
            {
                return;
            }

            _version1Until = Node.Now + OldQuerierPresent;
            Node.Cancel(_changeTimer);
            _changes = 0;
        }

        IPv6Address asked = MulticastListenerMessage.Group(message);
        if (asked.IsUnspecified && !version1)
        {
            if (!_answerTimer.IsArmed)
            {
                Node.Schedule(_answerTimer, Node.Now + RandomDelay(delay));
            }

            return;
        }

        foreach (MulticastGroup group in Reported().Where(g => asked.IsUnspecified || g.Address == asked))
        {
            SimTime due = Node.Now + RandomDelay(delay);
            group.Due = due < group.Due ? due : group.Due;
        }

        ArmGroups();
    }

    /// <summary>Another listener of the link has reported a group in version 1: no need to do so too.</summary>
    internal void ReceiveReport(IPv6Address group)
    {
        MulticastGroup? member = _groups.Find(g => g.Address == group);
        if (member is not null && SpeaksVersion1)
        {
            member.Due = SimTime.Never;
            ArmGroups();
        }
    }

    private static int BitOf(IPv6Address group) => (int)(group.StableHash() >> 26);

    private IEnumerable<MulticastGroup> Reported() => _groups.Where(g => g.IsReported && !g.IsLeft);

    private void RebuildFilter()
    {
        _filter = 0;
        foreach (MulticastGroup group in _groups)
        {
            _filter |= 1UL << BitOf(group.Address);
        }
    }

    private Duration RandomDelay(long milliseconds) =>
        new(Random.NextBelow(Math.Max(1, milliseconds) * 1_000_000));

    /// <summary>mld_group_added, mld_del_delrec: a change of what is listened to.</summary>
    private void Changed(MulticastGroup group)
    {
        if (!group.IsReported || !_owner.IsEnabled)
        {
            return;
        }

        if (SpeaksVersion1)
        {
            if (!group.IsLeft)
            {
                SendVersion1(Icmpv6Type.MulticastListenerReport, group.Address, group.Address);
                group.Due = Node.Now + RandomDelay(_owner.Settings.Mldv1UnsolicitedReportInterval);
                ArmGroups();
            }

            return;
        }

        group.Changes = Robustness;
        _changes = Robustness;
        Node.Schedule(_changeTimer, Node.Now + Soon);
    }

    /// <summary>mld_ifc_work: what changed of late, in one report; once more within the unsolicited report interval.</summary>
    private void ReportChanges()
    {
        MulticastGroup[] changed = [.. _groups.Where(g => g.Changes > 0)];
        foreach (MulticastGroup group in changed)
        {
            group.Changes--;
        }

        SendReport(changed, MulticastListenerMessage.ChangeToExclude);
        if (_groups.RemoveAll(g => g.IsLeft && g.Changes == 0) > 0)
        {
            RebuildFilter();
        }

        if (--_changes > 0)
        {
            Node.Schedule(_changeTimer, Node.Now + RandomDelay(_owner.Settings.Mldv2UnsolicitedReportInterval) + Soon);
        }
    }

    /// <summary>mld_dad_work: all groups as changed, now from the link-local address.</summary>
    private void ReportInitially()
    {
        if (SpeaksVersion1)
        {
            return;
        }

        SendReport([.. Reported()], MulticastListenerMessage.ChangeToExclude);
        if (--_initial > 0)
        {
            Node.Schedule(_initialTimer, Node.Now + RandomDelay(_owner.Settings.Mldv2UnsolicitedReportInterval) + Soon);
        }
    }

    private void ReportDueGroups()
    {
        MulticastGroup[] due = [.. _groups.Where(g => g.Due <= Node.Now)];
        foreach (MulticastGroup group in due)
        {
            group.Due = SimTime.Never;
            if (SpeaksVersion1)
            {
                SendVersion1(Icmpv6Type.MulticastListenerReport, group.Address, group.Address);
            }
        }

        if (!SpeaksVersion1)
        {
            SendReport(due, MulticastListenerMessage.ModeIsExclude);
        }

        ArmGroups();
    }

    private void ArmGroups()
    {
        SimTime next = SimTime.Never;
        foreach (MulticastGroup group in _groups)
        {
            next = group.Due < next ? group.Due : next;
        }

        Node.Cancel(_groupTimer);
        if (next < SimTime.Never)
        {
            Node.Schedule(_groupTimer, next);
        }
    }

    /// <summary>A version 2 report to ff02::16; a group that was left is said to be changed to "include nothing".</summary>
    private void SendReport(MulticastGroup[] groups, byte recordType)
    {
        // As many records as fit the MTU; the rest goes in further reports.
        int most = (_owner.Mtu - IPv6Header.Size - 8 - MulticastListenerMessage.ReportHeaderSize) / MulticastListenerMessage.RecordSize;
        for (int start = 0; start < groups.Length; start += most)
        {
            int count = Math.Min(most, groups.Length - start);
            byte[] message = new byte[MulticastListenerMessage.ReportHeaderSize + (count * MulticastListenerMessage.RecordSize)];
            for (int i = 0; i < count; i++)
            {
                MulticastGroup group = groups[start + i];
                MulticastListenerMessage.WriteRecord(
                    message.AsSpan(MulticastListenerMessage.ReportHeaderSize + (i * MulticastListenerMessage.RecordSize)),
                    group.IsLeft ? MulticastListenerMessage.ChangeToInclude : recordType,
                    group.Address);
            }

            Send(IPv6Address.AllMldRouters, Icmpv6Type.MulticastListenerReportV2, (uint)count, message);
        }
    }

    private void SendVersion1(Icmpv6Type type, IPv6Address group, IPv6Address destination)
    {
        byte[] message = new byte[MulticastListenerMessage.Version1Size];
        MulticastListenerMessage.WriteGroup(message, group);
        Send(destination, type, 0, message);
    }

    /// <summary>Sends with hop limit 1 behind a router alert (RFC 3810 section 5), from "::" while there is no better source.</summary>
    private void Send(IPv6Address destination, Icmpv6Type type, uint rest, Span<byte> message)
    {
        ReadOnlySpan<byte> alert = [(byte)IPProtocol.Icmpv6, 0, IPv6Options.RouterAlert, 2, 0, 0, 1, 0];
        IPv6Address source = _owner.LinkLocal();
        Icmpv6Header.Write(message, type, 0, rest, source, destination);
        Frame frame = Node.Emulation.Frames.Rent(EthernetHeader.Size + IPv6Header.Size + alert.Length + message.Length);
        Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
        IPv6Header.Write(packet, 0, 0, alert.Length + message.Length, IPProtocol.HopByHop, 1, source, destination);
        alert.CopyTo(packet[IPv6Header.Size..]);
        message.CopyTo(packet[(IPv6Header.Size + alert.Length)..]);
        _owner.Stack.Send(
            frame,
            new OutputRoute<IPv6Address>(Sockets.Errno.None, null, _owner.OnLink, _owner.Device, source, RouteType.Multicast));
    }
}
