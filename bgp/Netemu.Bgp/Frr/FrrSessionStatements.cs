using System;
using System.Collections.Immutable;
using Netemu.Bgp.Bfd;
using Netemu.Bgp.Show;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using static Netemu.Bgp.Frr.FrrNeighborStatement;

namespace Netemu.Bgp.Frr;

/// <summary>The lines of a neighbour that are of its session, in the order in which bgpd writes them.</summary>
internal static class FrrSessionStatements
{
    private static readonly BgpTimers _timers = BgpTimers.Of(TimerProfile.Frr);

    public static ImmutableArray<FrrNeighborStatement> All { get; } =
    [
        Value(
            "local-as", ReadLocalAs,
            (c, own, _) => c with { LocalAs = own.As, LocalAsNoPrepend = own.NoPrepend, LocalAsReplaces = own.Replaces },
            (c, _) => c.LocalAs == 0 ? null : $"{c.LocalAs}{(c.LocalAsNoPrepend ? " no-prepend" : "")}{(c.LocalAsReplaces ? " replace-as" : "")}"),
        Value("description", w => w.Rest(), (c, text, _) => c with { Description = text }, (c, _) => c.Description.Length > 0 ? c.Description : null, absent: ""),
        Value(
            "shutdown", w => (On: true, Message: w.Take("message") ? w.Rest() : ""),
            (c, shutdown, _) => c with { Shutdown = shutdown.On, ShutdownMessage = shutdown.Message },
            (c, _) => !c.Shutdown ? null : c.ShutdownMessage.Length > 0 ? $"message {c.ShutdownMessage}" : "",
            absent: (On: false, Message: "")),
        new("bfd", ReadBfd, (c, _) => c.Bfd ? [("bfd", "bfd")] : []),
        Value<string?>("password", w => w.Rest(), (c, password, _) => c with { Password = password }, (c, _) => c.Password),
        Neutral("solo"),
        Value(
            "port", w => (ushort)w.Number(1, ushort.MaxValue), (c, port, _) => c with { Port = port },
            (c, _) => c.Port == BgpSpeakerConfiguration.WellKnownPort ? null : $"{c.Port}", BgpSpeakerConfiguration.WellKnownPort),
        Neutral("tcp-mss", w => w.Rest() is not null),
        Switch("passive", (c, on) => c with { Passive = on }, (c, _) => c.Passive),
        Value(
            "ebgp-multihop", w => w.TryNumber(out uint hops) ? (byte)Math.Min(hops, byte.MaxValue) : byte.MaxValue,
            (c, hops, _) => c with { Multihop = hops > 1, MultihopTtl = hops },
            (c, s) => !c.Multihop || c.RemoteAs == s.As ? null : c.MultihopTtl > 0 ? $"{c.MultihopTtl}" : ""),
        Value(
            "local-role", ReadRole, (c, own, _) => c with { Role = own.Role, RoleStrict = own.Strict },
            (c, _) => c.Role == BgpRole.None ? null : $"{ShowWords.Role(c.Role)}{(c.RoleStrict ? " strict-mode" : "")}"),
        Value("ttl-security", ReadHops, (c, hops, _) => c with { TtlSecurityHops = hops }, (c, _) => c.TtlSecurityHops > 0 ? $"hops {c.TtlSecurityHops}" : null),
        Switch("disable-connected-check", (c, on) => c with { Multihop = on }),
        Switch("enforce-first-as", (c, on) => c with { EnforceFirstAs = on }, (c, s) => c.EnforceFirstAs && c.RemoteAs != s.As),
        Removable(
            "update-source", ReadSource, (c, source, compiler) => c with { LocalAddress = source(compiler) }, (c, _) => c with { LocalAddress = default },
            (c, _) => c.LocalAddress.IsNone ? null : $"{c.LocalAddress}"),
        Value(
            "advertisement-interval", w => Duration.FromSeconds(w.Number(0, 600)),
            (c, time, compiler) => c with { Timers = compiler.TimersOf(c) with { AdvertisementIntervalExternal = time, AdvertisementIntervalInternal = time } },
            (c, s) => Seconds(TimersOf(c, s).AdvertisementIntervalExternal, _timers.AdvertisementIntervalExternal)),
        Removable(
            "timers", w => (Keepalive: (ushort)w.Number(0, ushort.MaxValue), Hold: (ushort)w.Number(0, ushort.MaxValue)),
            (c, times, compiler) => c with { Timers = compiler.TimersOf(c) with { KeepaliveTime = times.Keepalive, HoldTime = times.Hold } },
            (c, compiler) => c with { Timers = compiler.TimersOf(c) with { KeepaliveTime = compiler.Timers.KeepaliveTime, HoldTime = compiler.Timers.HoldTime } },
            (c, s) => TimersOf(c, s) is var own && (own.KeepaliveTime, own.HoldTime) != (s.Timers.KeepaliveTime, s.Timers.HoldTime) ? $"{own.KeepaliveTime} {own.HoldTime}" : null),
        Value(
            "timers connect", w => w.Number(1, ushort.MaxValue), (c, time, compiler) => c with { Timers = compiler.TimersOf(c) with { ConnectRetry = Duration.FromSeconds(time) } },
            (c, s) => Seconds(TimersOf(c, s).ConnectRetry, _timers.ConnectRetry), 120u),
        Value(
            "timers delayopen", w => w.Number(1, 240), (c, time, compiler) => c with { Timers = compiler.TimersOf(c) with { DelayOpen = Duration.FromSeconds(time) } },
            (c, s) => Seconds(TimersOf(c, s).DelayOpen, _timers.DelayOpen)),
        Neutral("capability dynamic"),
        Switch("capability extended-nexthop", (c, on) => c with { ExtendedNextHop = on }, (c, _) => c.ExtendedNextHop && c.Interface is null),
        Neutral("dont-capability-negotiate"),
        Neutral("override-capability"),
        Neutral("strict-capability-match"),
        Neutral("sender-as-path-loop-detection"),
        Switch(
            "graceful-restart", (c, on) => on ? c with { GracefulRestart = true, GracefulRestartHelperOnly = false } : c,
            (c, _) => c.GracefulRestart && !c.GracefulRestartHelperOnly, GracefulRestart),
        Switch("graceful-restart-helper", (c, on) => on ? c with { GracefulRestart = true, GracefulRestartHelperOnly = true } : c, key: GracefulRestart),
        Switch("graceful-restart-disable", (c, on) => on ? c with { GracefulRestart = false } : c, (c, _) => !c.GracefulRestart, GracefulRestart),

        // Those of later versions.
        Neutral("capability software-version"),
        Neutral("capability fqdn"),
        Neutral("extended-optional-parameters"),
    ];

    private const string GracefulRestart = "graceful-restart";

    private static BgpTimers TimersOf(BgpNeighborConfiguration neighbor, BgpSpeakerConfiguration speaker) => neighbor.Timers ?? speaker.Timers;

    private static string? Seconds(Duration time, Duration byDefault) => time == byDefault ? null : $"{time.Milliseconds / 1000}";

    /// <summary>"local-as N [no-prepend [replace-as]] [dual-as]".</summary>
    private static (uint As, bool NoPrepend, bool Replaces) ReadLocalAs(FrrWords words)
    {
        uint local = words.As();
        bool noPrepend = words.Take("no-prepend");
        bool replaces = noPrepend && words.Take("replace-as");
        words.Take("dual-as");
        return (local, noPrepend, replaces);
    }

    /// <summary>"bfd", "bfd profile NAME", or "bfd MULTIPLIER RECEIVE TRANSMIT" in milliseconds.</summary>
    private static bool ReadBfd(FrrNeighborLine line)
    {
        FrrWords words = line.Words;
        if (line.IsNegated)
        {
            words.Rest();
            return line.Put("bfd", static (c, _) => c with { Bfd = false });
        }

        if (words.Take("check-control-plane-failure") || words.AtEnd)
        {
            string name = line.Peer.Name;
            return line.Put("bfd", (c, compiler) => c with { Bfd = true, BfdParameters = compiler.BfdPeer(name) ?? c.BfdParameters });
        }

        if (words.Take("profile"))
        {
            string profile = words.Next();
            return line.Put("bfd", (c, compiler) => c with { Bfd = true, BfdParameters = compiler.BfdProfile(profile) });
        }

        BfdParameters parameters = new()
        {
            DetectMultiplier = (byte)words.Number(2, 255),
            RequiredMinRx = Duration.FromMilliseconds(words.Number(50, 60_000)),
            DesiredMinTx = Duration.FromMilliseconds(words.Number(50, 60_000)),
        };
        return line.Put("bfd", (c, _) => c with { Bfd = true, BfdParameters = parameters });
    }

    /// <summary>RFC 9234.</summary>
    private static (BgpRole Role, bool Strict) ReadRole(FrrWords words)
    {
        string name = words.Next();
        BgpRole role = name switch
        {
            "provider" => BgpRole.Provider,
            "customer" => BgpRole.Customer,
            "peer" => BgpRole.Peer,
            "rs-server" => BgpRole.RouteServer,
            "rs-client" => BgpRole.RouteServerClient,
            _ => throw new FrrSyntaxException($"'{name}' is no role: provider, rs-server, rs-client, customer or peer"),
        };
        return (role, words.Take("strict-mode"));
    }

    private static int ReadHops(FrrWords words) => words.Take("hops") ? (int)words.Number(1, 254) : throw new FrrSyntaxException("'hops' is missing");

    /// <summary>An address, or that of an interface.</summary>
    private static Func<FrrCompiler, InternetAddress> ReadSource(FrrWords words)
    {
        if (words.TryAddress(out InternetAddress address))
        {
            return _ => address;
        }

        string device = words.Next();
        return compiler => compiler.AddressOf(device);
    }
}
