using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>
/// The matrix: each daemon in each variant of a session. A route of either side is at the other one with all its attributes,
/// compared in full; then each side asks for the routes again and nothing has changed.
/// </summary>
[Trait("Category", "Live")]
public sealed class InteropMatrixTests
{
    /// <summary>What the variants are called in the tests' names.</summary>
    private static PeerVariant Variant(string name) => name switch
    {
        "ipv4" => new PeerVariant(),
        "ipv6" => new PeerVariant { IPv6 = true },
        "ibgp" => new PeerVariant { TheirAs = 65001 },
        "we are their client" => new PeerVariant { TheirAs = 65001, WeAreClient = true },
        "md5" => new PeerVariant { Password = "secret" },
        "md5 ipv6" => new PeerVariant { Password = "secret", IPv6 = true },
        "four-octet AS" => new PeerVariant { OurAs = 4200000001, TheirAs = 4200000002 },
        "they are two-octet" => new PeerVariant { OurAs = 4200000001, TheirAs = 65002, TheyAreTwoOctet = true },
        "they are two-octet, so is our AS" => new PeerVariant { TheyAreTwoOctet = true },
        "we are two-octet" => new PeerVariant { OurAs = 65001, TheirAs = 4200000002, WeAreTwoOctet = true },
        "add-path" => new PeerVariant { AddPath = true },
        "graceful restart" => new PeerVariant { GracefulRestart = true },
        _ => throw new ArgumentException(name, nameof(name)),
    };

    [DaemonTheory("/usr/sbin/bird", "bird2")]
    [InlineData("ipv4")]
    [InlineData("ipv6")]
    [InlineData("ibgp")]
    [InlineData("we are their client")]
    [InlineData("md5")]
    [InlineData("md5 ipv6")]
    [InlineData("four-octet AS")]
    [InlineData("they are two-octet, so is our AS")]
    [InlineData("we are two-octet")]
    [InlineData("add-path")]
    [InlineData("graceful restart")]
    public void BIRD(string variant) => Exchange(new ForeignPeer.Bird(Variant(variant)));

    [DaemonTheory("/usr/lib/frr/bgpd", "frr")]
    [InlineData("ipv4")]
    [InlineData("ipv6")]
    [InlineData("ibgp")]
    [InlineData("we are their client")]
    [InlineData("md5")]
    [InlineData("md5 ipv6")]
    [InlineData("four-octet AS")]
    [InlineData("we are two-octet")]
    [InlineData("add-path")]
    [InlineData("graceful restart")]
    public void FRR(string variant) => Exchange(new ForeignPeer.Frr(Variant(variant)));

    [DaemonTheory("/usr/bin/gobgpd", "gobgpd")]
    [InlineData("ipv4")]
    [InlineData("ipv6")]
    [InlineData("ibgp")]
    [InlineData("we are their client")]
    [InlineData("md5")]
    [InlineData("four-octet AS")]
    [InlineData("we are two-octet")]
    [InlineData("add-path")]
    [InlineData("graceful restart")]
    public void GoBGP(string variant) => Exchange(new ForeignPeer.GoBgp(Variant(variant)));

    [DaemonTheory("/usr/sbin/bgpctl", "openbgpd")]
    [InlineData("ipv4")]
    [InlineData("ipv6")]
    [InlineData("ibgp")]
    [InlineData("we are their client")]
    [InlineData("md5")]
    [InlineData("four-octet AS")]
    [InlineData("they are two-octet, so is our AS")]
    [InlineData("we are two-octet")]
    [InlineData("add-path")]
    public void OpenBGPD(string variant) => Exchange(new ForeignPeer.OpenBgpd(Variant(variant)));

    [DaemonTheory("/usr/sbin/exabgp", "exabgp")]
    [InlineData("ipv4")]
    [InlineData("ipv6")]
    [InlineData("ibgp")]
    [InlineData("md5")]
    [InlineData("four-octet AS")]
    [InlineData("they are two-octet")]
    [InlineData("we are two-octet")]
    [InlineData("add-path")]
    [InlineData("graceful restart")]
    public void ExaBGP(string variant) => Exchange(new ForeignPeer.ExaBgp(Variant(variant)));

    private static void Exchange(ForeignPeer peer)
    {
        using ForeignPeer theirs = peer;
        PeerVariant v = peer.Variant;
        bool listens = peer is ForeignPeer.ExaBgp;
        InternetAddress remote = InternetAddress.Parse(peer.TheirAddress);
        InternetPrefix own = InternetPrefix.Parse(v.IPv6 ? "2001:db8:1::/48" : "203.0.113.0/24");
        InternetPrefix told = InternetPrefix.Parse(peer.Prefix);
        using LiveSpeaker ours = new(new BgpSpeakerConfiguration
        {
            As = v.OurAs,
            RouterId = IPv4Address.Parse($"10.254.{peer.Daemon.Net}.1"),
            Timers = LiveSpeaker.Timers,
            Port = listens ? BgpSpeakerConfiguration.WellKnownPort : LiveSpeaker.FreePort(),
            Listen = listens ? [InternetAddress.Parse(peer.OurAddress)] : [],
            Neighbors =
            [
                new BgpNeighbor(remote, new BgpNeighborConfiguration
                {
                    RemoteAs = v.TheirAsToUs,
                    Passive = listens,
                    IPv4Unicast = !v.IPv6,
                    IPv6Unicast = v.IPv6,
                    Password = v.Password,
                    FourOctetAs = !v.WeAreTwoOctet,
                    AddPathReceive = v.AddPath,
                    AddPathSend = v.AddPath,
                    GracefulRestart = v.GracefulRestart,
                    LocalAddress = InternetAddress.Parse(peer.OurAddress),
                }),
            ],
            Networks =
            [
                new BgpNetwork(own)
                {
                    Med = 42,
                    Communities = [new Community(65001, 7), new Community(65001, 8)],
                    LargeCommunities = [new LargeCommunity(65001, 3, 4)],
                },
            ],
        });
        LiveSpeaker.Eventually(() => ours.Ask(s => s.FindNeighbor(remote)!.IsEstablished), () => Describe(ours, remote) + peer.Daemon.Output);
        peer.Originate();
        Compare(peer, ours, own, told);

        // Asked again, each side says the same. OpenBGPD does not say again what has not changed, ExaBGP ends the session, and FRR 8.4
        // keeps a request until it has sent End-of-RIB, which it sends to neighbours with graceful restart only.
        if (peer is not ForeignPeer.ExaBgp)
        {
            uint received = ours.Ask(s => s.FindNeighbor(remote)!.Counters.UpdatesReceived);
            Assert.True(ours.Ask(s => s.RequestRefresh(remote, v.IPv6 ? AddressFamily.IPv6 : AddressFamily.IPv4)));
            LiveSpeaker.Eventually(
                () => peer is ForeignPeer.OpenBgpd || (peer is ForeignPeer.Frr && !v.GracefulRestart)
                    || ours.Ask(s => s.FindNeighbor(remote)!.Counters.UpdatesReceived) > received,
                () => "they do not answer a refresh " + peer.Daemon.Output);
        }

        uint sent = ours.Ask(s => s.FindNeighbor(remote)!.Counters.UpdatesSent);
        if (peer.AskForRefresh())
        {
            LiveSpeaker.Eventually(
                () => ours.Ask(s => s.FindNeighbor(remote)!.Counters is { RefreshesReceived: > 0 } c && c.UpdatesSent > sent),
                () => "we do not answer a refresh " + peer.Daemon.Output);
        }

        Compare(peer, ours, own, told);
        Assert.True(ours.Ask(s => s.FindNeighbor(remote)!.Counters.Flaps) == 0, Describe(ours, remote) + peer.Daemon.Output);
    }

    private static void Compare(ForeignPeer peer, LiveSpeaker ours, InternetPrefix own, InternetPrefix told)
    {
        // The path is whole behind AS_TRANS: AS4_PATH puts it together again (RFC 6793 section 4.2.3).
        PeerVariant v = peer.Variant;
        bool isInternal = v.OurAs == v.TheirAs;
        string atThem = $"{(isInternal ? "" : v.OurAs)}|I|42|65001:7 65001:8|65001:3:4|{peer.OurAddress}";
        string atUs = $"{(isInternal ? "" : v.TheirAs)}|I|77|65002:9|65002:1:2|{peer.TheirAddress}";
        IReadOnlyList<string> heard = [];
        LiveSpeaker.Eventually(
            () => (heard = peer.Paths(own.ToString())).Contains(atThem),
            () => $"expected {atThem}, at them {string.Join(" and ", heard)}\n{peer.Daemon.Output}");
        Assert.Single(heard);
        string got = "";
        LiveSpeaker.Eventually(
            () => (got = ours.Ask(s => s.BestPath(told) is { } path ? Canonical(path.Attributes) : "")) == atUs,
            () => $"expected {atUs}, at us {got}\n{peer.Daemon.Output}");
    }

    private static string Canonical(PathAttributes set)
    {
        PathAttributesBuilder all = new();
        all.Load(set);
        return $"{set.AsPath.ToString()}|{set.Origin.ToString()[..1].ToUpperInvariant()}|{(set.HasMed ? set.Med : "")}"
            + $"|{string.Join(' ', all.Communities.Select(c => c.ToString()).Order(StringComparer.Ordinal))}"
            + $"|{string.Join(' ', all.LargeCommunities.Select(c => c.ToString()).Order(StringComparer.Ordinal))}|{set.NextHop}";
    }

    private static string Describe(LiveSpeaker ours, InternetAddress remote) => ours.Ask(
        s => s.FindNeighbor(remote) is { } n ? $"{n.State} {n.NotEstablished} {n.LastError.Code}/{n.LastError.Subcode}\n" : "no neighbour\n");
}
