using System;
using System.Collections.Generic;
using Netemu.Bgp.Bfd;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Frr;

/// <summary>"neighbor NAME ...", of the session and of a family.</summary>
public sealed partial class FrrReader
{
    private bool ReadNeighbor(FrrWords words, bool negated, AddressFamily family, bool inFamily)
    {
        string name = words.Next();
        if (InternetAddress.TryParse(name, out InternetAddress address))
        {
            name = address.ToString();
        }

        if (negated && words.AtEnd)
        {
            return Router.RemovePeer(name) ? true : throw new FrrSyntaxException($"neighbor '{name}' does not exist");
        }

        bool creates = words.Peek is "remote-as" or "interface" or "peer-group";
        FrrPeer? peer = Router.FindPeer(name);
        if (peer is null && !creates)
        {
            throw new FrrSyntaxException($"specify remote-as or peer-group commands first for neighbor '{name}'");
        }

        if (inFamily && words.Take("peer-group"))
        {
            return ReadPeerGroup(words, negated, name);
        }

        return (!inFamily && ReadSession(words, negated, name)) || ReadOfFamily(words, negated, Router.PeerOf(name), family);
    }

    private bool ReadSession(FrrWords words, bool negated, string name)
    {
        if (words.Take("peer-group"))
        {
            return ReadPeerGroup(words, negated, name);
        }

        if (words.Take("interface"))
        {
            return ReadInterfacePeer(words, name);
        }

        if (words.Take("remote-as"))
        {
            if (negated)
            {
                words.Rest();
                return Router.RemovePeer(name);
            }

            SetRemoteAs(Router.PeerOf(name), words);
            return true;
        }

        return Router.FindPeer(name) is { } peer && ReadSessionSetting(words, negated, peer);
    }

    private bool ReadPeerGroup(FrrWords words, bool negated, string name)
    {
        if (words.AtEnd)
        {
            if (negated)
            {
                return Router.RemovePeer(name);
            }

            // "bgp default shutdown" is of neighbours only.
            FrrPeer made = Router.FindPeer(name) ?? Router.PeerOf(name, isGroup: true);
            made.IsGroup = true;
            return true;
        }

        string group = words.Next();
        if (Router.FindPeer(group) is not { IsGroup: true })
        {
            throw new FrrSyntaxException($"peer-group '{group}' is not defined");
        }

        Router.PeerOf(name).Group = negated ? null : group;
        return true;
    }

    private bool ReadInterfacePeer(FrrWords words, string name)
    {
        FrrPeer peer = Router.PeerOf(name);
        peer.IsInterface = true;
        peer.IsIPv6Only |= words.Take("v6only");
        if (words.Take("remote-as"))
        {
            SetRemoteAs(peer, words);
        }
        else if (words.Take("peer-group"))
        {
            ReadPeerGroup(words, negated: false, name);
        }

        return true;
    }

    private void SetRemoteAs(FrrPeer peer, FrrWords words)
    {
        FrrRouter router = Router;
        bool any = words.Take("auto");
        int position = words.Position;
        uint remote = any ? 0 : words.Take("internal") ? router.As : words.Take("external") ? 0 : words.As();
        peer.RemoteAs = any ? "auto" : words.TextFrom(position);
        Put(peer.General, words, "remote-as", (c, _) => c with { RemoteAs = remote, AnyAs = any ? AnyAsMode.All : AnyAsMode.External });
    }

    private static bool ReadSessionSetting(FrrWords words, bool negated, FrrPeer peer)
    {
        SortedDictionary<string, FrrPeer.Setting> settings = peer.General;
        string word = words.Peek;
        switch (word.ToLowerInvariant())
        {
            case "description":
                words.Next();
                string text = words.Rest();
                Toggle(settings, words, word, negated, (c, _) => c with { Description = text }, c => c with { Description = "" });
                return true;
            case "password":
                words.Next();
                string password = words.Rest();
                Toggle(settings, words, word, negated, (c, _) => c with { Password = password }, c => c with { Password = null });
                return true;
            case "shutdown":
                words.Next();
                string message = words.Take("message") ? words.Rest() : "";
                Toggle(
                    settings, words, word, negated,
                    (c, _) => c with { Shutdown = true, ShutdownMessage = message },
                    c => c with { Shutdown = false, ShutdownMessage = "" });
                return true;
            case "passive":
                words.Next();
                Toggle(settings, words, word, negated, (c, _) => c with { Passive = true }, c => c with { Passive = false });
                return true;
            case "timers":
                return ReadTimers(words, negated, settings);
            case "advertisement-interval":
                words.Next();
                Duration interval = Duration.FromSeconds(negated ? Drop<uint>(words) : words.Number(0, 600));
                Put(settings, words, word, (c, compiler) => c with
                {
                    Timers = compiler.TimersOf(c) with { AdvertisementIntervalExternal = interval, AdvertisementIntervalInternal = interval },
                });
                return true;
            case "ebgp-multihop":
                words.Next();
                words.TryNumber(out _);
                Toggle(settings, words, word, negated, (c, _) => c with { Multihop = true }, c => c with { Multihop = false });
                return true;
            case "disable-connected-check":
                words.Next();
                Toggle(settings, words, word, negated, (c, _) => c with { Multihop = true }, c => c with { Multihop = false });
                return true;
            case "local-role":
                return ReadRole(words, negated, settings);
            case "update-source":
                return ReadUpdateSource(words, negated, settings);
            case "local-as":
                return ReadLocalAs(words, negated, settings);
            case "ttl-security":
                words.Next();
                if (!words.Take("hops") && !negated)
                {
                    throw new FrrSyntaxException("'hops' is missing");
                }

                int hops = negated ? Drop<int>(words) : (int)words.Number(1, 254);
                Put(settings, words, word, (c, _) => c with { TtlSecurityHops = hops });
                return true;
            case "bfd":
                return ReadNeighborBfd(words, negated, peer);
            case "port":
                words.Next();
                ushort port = negated ? Drop<ushort>(words, BgpSpeakerConfiguration.WellKnownPort) : (ushort)words.Number(1, ushort.MaxValue);
                Put(settings, words, word, (c, _) => c with { Port = port });
                return true;
            case "enforce-first-as":
                words.Next();
                Put(settings, words, word, (c, _) => c with { EnforceFirstAs = !negated });
                return true;
            case "capability":
                return ReadCapability(words, negated, settings);
            case "graceful-restart":
                words.Next();
                Toggle(
                    settings, words, "graceful-restart", negated,
                    (c, _) => c with { GracefulRestart = true, GracefulRestartHelperOnly = false }, c => c);
                return true;
            case "graceful-restart-helper":
                words.Next();
                Toggle(
                    settings, words, "graceful-restart", negated,
                    (c, _) => c with { GracefulRestart = true, GracefulRestartHelperOnly = true }, c => c);
                return true;
            case "graceful-restart-disable":
                words.Next();
                Toggle(settings, words, "graceful-restart", negated, (c, _) => c with { GracefulRestart = false }, c => c);
                return true;
            case "dont-capability-negotiate" or "strict-capability-match" or "override-capability" or "solo"
                or "sender-as-path-loop-detection" or "extended-optional-parameters":
                words.Next();
                return Note(settings, words, word);
            case "tcp-mss":
                words.Rest();
                return Note(settings, words, word);
            default:
                return false;
        }
    }

    private static bool ReadTimers(FrrWords words, bool negated, SortedDictionary<string, FrrPeer.Setting> settings)
    {
        words.Next();
        if (words.Take("connect"))
        {
            uint connect = negated ? Drop<uint>(words, 120) : words.Number(1, ushort.MaxValue);
            Put(settings, words, "timers connect", (c, compiler) => c with
            {
                Timers = compiler.TimersOf(c) with { ConnectRetry = Duration.FromSeconds(connect) },
            });
            return true;
        }

        if (words.Take("delayopen"))
        {
            uint delay = negated ? Drop<uint>(words) : words.Number(1, 240);
            Put(settings, words, "timers delayopen", (c, compiler) => c with
            {
                Timers = compiler.TimersOf(c) with { DelayOpen = Duration.FromSeconds(delay) },
            });
            return true;
        }

        if (negated)
        {
            words.Rest();
            TakeBack(settings, words, "timers", (c, compiler) => c with
            {
                Timers = compiler.TimersOf(c) with { KeepaliveTime = compiler.Timers.KeepaliveTime, HoldTime = compiler.Timers.HoldTime },
            });
            return true;
        }

        ushort keepalive = (ushort)words.Number(0, ushort.MaxValue);
        ushort hold = (ushort)words.Number(0, ushort.MaxValue);
        Put(settings, words, "timers", (c, compiler) => c with
        {
            Timers = compiler.TimersOf(c) with { KeepaliveTime = keepalive, HoldTime = hold },
        });
        return true;
    }

    private static bool ReadRole(FrrWords words, bool negated, SortedDictionary<string, FrrPeer.Setting> settings)
    {
        words.Next();
        if (negated)
        {
            // What came from elsewhere may have it set, so this is a setting of its own.
            words.Rest();
            Put(settings, words, "local-role", (c, _) => c with { Role = BgpRole.None, RoleStrict = false });
            return true;
        }

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
        bool strict = words.Take("strict-mode");
        Put(settings, words, "local-role", (c, _) => c with { Role = role, RoleStrict = strict });
        return true;
    }

    private static bool ReadUpdateSource(FrrWords words, bool negated, SortedDictionary<string, FrrPeer.Setting> settings)
    {
        words.Next();
        if (negated)
        {
            words.Rest();
            TakeBack(settings, words, "update-source", (c, _) => c with { LocalAddress = default });
        }
        else if (words.TryAddress(out InternetAddress address))
        {
            Put(settings, words, "update-source", (c, _) => c with { LocalAddress = address });
        }
        else
        {
            string device = words.Next();
            Put(settings, words, "update-source", (c, compiler) => c with { LocalAddress = compiler.AddressOf(device) });
        }

        return true;
    }

    private static bool ReadLocalAs(FrrWords words, bool negated, SortedDictionary<string, FrrPeer.Setting> settings)
    {
        words.Next();
        uint local = negated ? Drop<uint>(words) : words.As();
        bool noPrepend = words.Take("no-prepend");
        bool replaces = noPrepend && words.Take("replace-as");
        words.Take("dual-as");
        Put(settings, words, "local-as", (c, _) => c with { LocalAs = local, LocalAsNoPrepend = noPrepend, LocalAsReplaces = replaces });
        return true;
    }

    private static bool ReadCapability(FrrWords words, bool negated, SortedDictionary<string, FrrPeer.Setting> settings)
    {
        words.Next();
        if (words.Take("extended-nexthop"))
        {
            Put(settings, words, "capability extended-nexthop", (c, _) => c with { ExtendedNextHop = !negated });
            return true;
        }

        // ORF moves a prefix list of ours to the neighbour, which changes what is sent but not what is kept.
        int position = words.Position;
        return words.Take("dynamic") || words.Take("software-version") || words.Take("fqdn")
            ? Note(settings, words, $"capability {words.Word(position)}")
            : words.Take("orf", "prefix-list") && (words.Take("both") || words.Take("send") || words.Take("receive"))
            && Note(settings, words, "capability orf");
    }

    /// <summary>"bfd", "bfd profile NAME", or "bfd MULTIPLIER RECEIVE TRANSMIT" in milliseconds.</summary>
    private static bool ReadNeighborBfd(FrrWords words, bool negated, FrrPeer peer)
    {
        words.Next();
        if (negated)
        {
            words.Rest();
            Toggle(peer.General, words, "bfd", negated, (c, _) => c, c => c with { Bfd = false });
            return true;
        }

        if (words.Take("check-control-plane-failure") || words.AtEnd)
        {
            string name = peer.Name;
            Put(peer.General, words, "bfd", (c, compiler) => c with { Bfd = true, BfdParameters = compiler.BfdPeer(name) ?? c.BfdParameters });
            return true;
        }

        if (words.Take("profile"))
        {
            string profile = words.Next();
            Put(peer.General, words, "bfd", (c, compiler) => c with { Bfd = true, BfdParameters = compiler.BfdProfile(profile) });
            return true;
        }

        BfdParameters parameters = new()
        {
            DetectMultiplier = (byte)words.Number(2, 255),
            RequiredMinRx = Duration.FromMilliseconds(words.Number(50, 60_000)),
            DesiredMinTx = Duration.FromMilliseconds(words.Number(50, 60_000)),
        };
        Put(peer.General, words, "bfd", (c, _) => c with { Bfd = true, BfdParameters = parameters });
        return true;
    }

    /// <summary>
    /// The line goes. One that says what the neighbour was without commands is taken back by a setting of its own, which stays.
    /// </summary>
    private static void TakeBack(
        SortedDictionary<string, FrrPeer.Setting> settings, FrrWords words, string key, Func<BgpNeighborConfiguration, FrrCompiler, BgpNeighborConfiguration> undo)
    {
        if (settings.GetValueOrDefault(key) is { IsGiven: true } or { IsUndone: true })
        {
            settings[key] = new FrrPeer.Setting(words, undo) { IsUndone = true };
        }
        else
        {
            settings.Remove(key);
        }
    }

    private static void Put(
        SortedDictionary<string, FrrPeer.Setting> settings, FrrWords words, string key, Func<BgpNeighborConfiguration, FrrCompiler, BgpNeighborConfiguration> apply) =>
        settings[key] = new FrrPeer.Setting(words, apply);

    /// <summary>A line that makes no difference here.</summary>
    private static bool Note(SortedDictionary<string, FrrPeer.Setting> settings, FrrWords words, string key)
    {
        settings[key] = new FrrPeer.Setting(words, null);
        return true;
    }

    /// <summary>
    /// Sets, or takes back: what came from elsewhere may have it set, so "no" is a setting of its own there.
    /// </summary>
    private static void Toggle(
        SortedDictionary<string, FrrPeer.Setting> settings,
        FrrWords words,
        string key,
        bool negated,
        Func<BgpNeighborConfiguration, FrrCompiler, BgpNeighborConfiguration> apply,
        Func<BgpNeighborConfiguration, BgpNeighborConfiguration> undo) =>
        settings[key] = new FrrPeer.Setting(words, negated ? (c, _) => undo(c) : apply);
}
