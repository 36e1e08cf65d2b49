using System;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.IPv6;

/// <summary>
/// Sends router advertisements out of one device, as radvd does (RFC 4861 section 6.2): three soon after the start, then
/// at random intervals, and to all nodes within half a second of a solicitation, never closer than three seconds.
/// </summary>
public sealed class RouterAdvertiser
{
    private const int InitialAdvertisements = 3;

    // RFC 4861 section 10.
    private static readonly Duration LongestInitialInterval = Duration.FromSeconds(16);
    private static readonly Duration LongestAnswerDelay = Duration.FromMilliseconds(500);
    private static readonly Duration LeastBetween = Duration.FromSeconds(3);

    private readonly IPv6Stack _stack;
    private readonly CallbackTimer _timer;
    private readonly CallbackTimer _answerTimer;
    private readonly RandomSource _random;
    private SimTime _last = new(long.MinValue / 2);
    private int _sent;
    private bool _answers;
    private bool _stopped;

    private RouterAdvertiser(IPv6Stack stack, NetDevice device, RouterAdvertiserOptions options)
    {
        _stack = stack;
        Device = device;
        Options = options;
        _random = device.Node.Random($"{stack.Namespace.Name}/{device.Name}/radvd");
        _timer = new CallbackTimer(Periodic);
        _answerTimer = new CallbackTimer(Answer);
    }

    public NetDevice Device { get; }

    public RouterAdvertiserOptions Options { get; }

    private Node Node => Device.Node;

    /// <summary>Starts advertising; the first one goes as soon as the device has a link-local address.</summary>
    public static RouterAdvertiser Start(IPv6Stack stack, NetDevice device, RouterAdvertiserOptions options)
    {
        stack.Enable();
        RouterAdvertiser advertiser = new(stack, device, options);
        stack.Register(advertiser);
        advertiser.Node.Schedule(advertiser._timer, advertiser.Node.Now);
        return advertiser;
    }

    /// <summary>Stops, and says that this is no default router any more (RFC 4861 section 6.2.5).</summary>
    public void Stop()
    {
        if (!_stopped)
        {
            Send(0);
            Cancel();
        }
    }

    /// <summary>Stops without a word, as a process that is killed does: hosts believe in the router for its lifetime.</summary>
    public void Kill() => Cancel();

    /// <summary>Stops without a word: the node has died.</summary>
    internal void Cancel()
    {
        _stopped = true;
        Node.Cancel(_timer);
        Node.Cancel(_answerTimer);
        SetAnswering(false);
        _stack.Unregister(this);
    }

    /// <summary>A host asks: one answer to all nodes serves every host that asks at this time.</summary>
    internal void Solicited()
    {
        if (_answers)
        {
            return;
        }

        SetAnswering(true);
        SimTime due = Node.Now + new Duration(_random.NextBelow(LongestAnswerDelay.Nanoseconds));
        SimTime earliest = _last + LeastBetween;
        Node.Schedule(_answerTimer, due < earliest ? earliest : due);
    }

    private void Answer()
    {
        SetAnswering(false);
        Send(Options.LifetimeSeconds);
        ScheduleNext();
    }

    private void Periodic()
    {
        if (Send(Options.LifetimeSeconds))
        {
            _sent++;
        }

        ScheduleNext();
    }

    private void ScheduleNext()
    {
        Duration next = new(_random.NextBetween(Options.MinimumInterval.Nanoseconds, Options.MaximumInterval.Nanoseconds));
        if (_sent < InitialAdvertisements && next > LongestInitialInterval)
        {
            next = LongestInitialInterval;
        }

        // Until the link-local address may be used there is nothing to say; look again soon.
        if (_sent == 0)
        {
            next = Duration.FromSeconds(1);
        }

        Node.Schedule(_timer, Node.Now + next);
    }

    /// <summary>An answer that is owed holds the run back from being converged.</summary>
    private void SetAnswering(bool answers)
    {
        _stack.Pending += (answers ? 1 : 0) - (_answers ? 1 : 0);
        _answers = answers;
    }

    private bool Send(ushort lifetime)
    {
        IPv6Address source = Device.IPv6 is { IsEnabled: true } own ? own.LinkLocal() : default;
        if (source.IsUnspecified || !Device.IsRunning)
        {
            return false;
        }

        byte[] body = new byte[RouterAdvertisement.FixedSize + 8 + (Options.Mtu > 0 ? 8 : 0)
            + (Options.Prefixes.Count * PrefixInformation.Size)
            + (Options.DnsServers.Count == 0 ? 0 : 8 + (Options.DnsServers.Count * IPv6Address.Size))];
        RouterAdvertisement.Write(
            body, Options.HopLimit, Options.Managed, Options.Other, Options.Preference, lifetime, Options.ReachableTime, Options.RetransmitTimer);
        uint rest = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(4));
        Span<byte> options = body.AsSpan(RouterAdvertisement.FixedSize);
        foreach (AdvertisedPrefix prefix in Options.Prefixes)
        {
            options = options[new PrefixInformation(
                prefix.Prefix, prefix.OnLink, prefix.Autonomous, prefix.ValidLifetime, prefix.PreferredLifetime).Write(options)..];
        }

        if (Options.DnsServers.Count > 0)
        {
            options = options[WriteDnsServers(options)..];
        }

        if (Options.Mtu > 0)
        {
            options = options[NeighbourDiscoveryOptions.WriteMtu(options, Options.Mtu)..];
        }

        NeighbourDiscoveryOptions.WriteMac(options, NeighbourDiscoveryOptions.SourceLinkLayer, Device.Mac);
        _last = Node.Now;
        _stack.Ndp.SendMessage(Device, source, IPv6Address.AllNodes, Icmpv6Type.RouterAdvertisement, rest, body, null);
        return true;
    }

    private int WriteDnsServers(Span<byte> option)
    {
        int length = 8 + (Options.DnsServers.Count * IPv6Address.Size);
        option[0] = NeighbourDiscoveryOptions.RecursiveDnsServer;
        option[1] = (byte)(length / 8);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(
            option[4..], (uint)((Options.MaximumInterval * 3).Nanoseconds / 1_000_000_000));
        for (int i = 0; i < Options.DnsServers.Count; i++)
        {
            Options.DnsServers[i].Write(option[(8 + (i * IPv6Address.Size))..]);
        }

        return length;
    }
}
