using System;
using System.Collections.Generic;
using System.Globalization;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Frr;

/// <content>"neighbor NAME ..." of a family: what is told and taken.</content>
public sealed partial class FrrReader
{
    /// <summary>What is said per family.</summary>
    private static bool ReadOfFamily(FrrWords words, bool negated, FrrPeer peer, AddressFamily family)
    {
        SortedDictionary<string, FrrPeer.Setting> settings = peer.SettingsOf(family);
        string word = words.Peek;
        switch (word.ToLowerInvariant())
        {
            case "activate":
                words.Next();
                settings["activate"] = new FrrPeer.Setting(words, null, negated ? "no" : "yes");
                return true;
            case "route-map" or "prefix-list" or "filter-list" or "distribute-list":
                return ReadFilter(words, negated, settings);
            case "unsuppress-map":
                words.Next();
                string unsuppress = words.Next();
                if (negated)
                {
                    settings.Remove(word);
                }
                else
                {
                    settings[word] = new FrrPeer.Setting(words, null, unsuppress);
                }

                return true;
            case "advertise-map":
                return ReadAdvertiseMap(words, negated, settings);
            case "next-hop-self":
                words.Next();
                bool force = words.Take("force") || words.Take("all");
                Toggle(
                    settings, words, word, negated,
                    (c, _) => c with { NextHop = force ? NextHopMode.Self : NextHopMode.SelfUnlessReflected },
                    c => c with { NextHop = NextHopMode.Automatic });
                return true;
            case "attribute-unchanged":
                words.Next();
                bool nextHop = words.AtEnd;
                while (!words.AtEnd)
                {
                    nextHop |= words.Peek == "next-hop";
                    words.Next();
                }

                Toggle(
                    settings, words, word, negated || !nextHop,
                    (c, _) => c with { NextHop = NextHopMode.Unchanged }, c => c with { NextHop = NextHopMode.Automatic });
                return true;
            case "route-reflector-client":
                words.Next();
                Toggle(settings, words, word, negated, (c, _) => c with { RouteReflectorClient = true }, c => c with { RouteReflectorClient = false });
                return true;
            case "route-server-client":
                words.Next();
                Toggle(settings, words, word, negated, (c, _) => c with { RouteServerClient = true }, c => c with { RouteServerClient = false });
                return true;
            case "default-originate":
                words.Next();
                string? map = words.Take("route-map") ? words.Next() : null;
                Toggle(
                    settings, words, word, negated,
                    (c, compiler) => c with { DefaultOriginate = true, DefaultOriginatePolicy = compiler.WithMetric(0, map) },
                    c => c with { DefaultOriginate = false, DefaultOriginatePolicy = null });
                return true;
            case "send-community":
                words.Next();
                ReadSendCommunity(words, negated, peer.Name, settings);
                return true;
            case "maximum-prefix":
                return ReadMaximumPrefix(words, negated, settings);
            case "allowas-in":
                words.Next();
                bool origin = words.Take("origin");
                int times = words.TryNumber(out uint number) ? (int)number : origin ? 1 : 3;
                Put(settings, words, word, (c, _) => c with { AllowedOwnAs = negated ? 0 : times });
                return true;
            case "as-override":
                words.Next();
                Put(settings, words, word, (c, _) => c with { AsOverride = !negated });
                return true;
            case "remove-private-as":
                words.Next();
                bool all = words.Take("all");
                bool replace = words.Take("replace-AS");
                PrivateAsMode mode = negated ? PrivateAsMode.Keep
                    : replace ? PrivateAsMode.Replace : all ? PrivateAsMode.Remove : PrivateAsMode.RemoveIfAllPrivate;
                Put(settings, words, "remove-private-as", (c, _) => c with { RemovePrivateAs = mode });
                return true;
            case "weight":
                words.Next();
                ushort weight = negated ? Drop<ushort>(words) : (ushort)words.Number(0, ushort.MaxValue);
                Put(settings, words, word, (c, _) => c with { Weight = weight });
                return true;
            case "addpath-tx-all-paths" or "addpath-tx-bestpath-per-as":
                words.Next();
                Put(settings, words, "addpath-tx", (c, _) => c with { AddPathSend = !negated });
                return true;
            case "disable-addpath-rx":
                words.Next();
                Put(settings, words, word, (c, _) => c with { AddPathReceive = negated });
                return true;
            case "soft-reconfiguration":
                words.Next();
                return words.Take("inbound") && Note(settings, words, word);
            case "nexthop-local":
                words.Next();
                return words.Take("unchanged") && Note(settings, words, word);
            case "capability":
                return ReadCapability(words, negated, settings);
            default:
                return false;
        }
    }

    /// <summary>"send-community [standard|extended|large|both|all]", each kind for itself; all are sent by default.</summary>
    private static void ReadSendCommunity(FrrWords words, bool negated, string peer, SortedDictionary<string, FrrPeer.Setting> settings)
    {
        CommunityKinds kinds = words.AtEnd || words.Take("standard") ? CommunityKinds.Standard
            : words.Take("extended") ? CommunityKinds.Extended
            : words.Take("large") ? CommunityKinds.Large
            : words.Take("both") ? CommunityKinds.Standard | CommunityKinds.Extended
            : words.Take("all") ? CommunityKinds.All
            : throw new FrrSyntaxException($"'{words.Peek}' is no kind of communities");
        foreach ((CommunityKinds kind, string key) in new[]
        {
            (CommunityKinds.Standard, "send-community"), (CommunityKinds.Extended, "send-community extended"), (CommunityKinds.Large, "send-community large"),
        })
        {
            if ((kinds & kind) != 0)
            {
                settings[key] = FrrPeer.Setting.Of(peer, negated ? $"no {key}" : key, (c, _) => c with
                {
                    SendCommunities = negated ? c.SendCommunities & ~kind : c.SendCommunities | kind,
                });
            }
        }
    }

    private static bool ReadFilter(FrrWords words, bool negated, SortedDictionary<string, FrrPeer.Setting> settings)
    {
        string kind = words.Next();
        string name = words.Next();
        string direction = words.Next();
        if (direction is not ("in" or "out"))
        {
            throw new FrrSyntaxException($"'{direction}' is not 'in' or 'out'");
        }

        string key = string.Create(CultureInfo.InvariantCulture, $"{kind} {direction}");
        if (negated)
        {
            TakeBack(settings, words, key, (c, _) => direction == "in" ? c with { Import = null } : c with { Export = null });
        }
        else if ((kind == PrefixListWords && settings.ContainsKey($"{DistributeListWords} {direction}"))
            || (kind == DistributeListWords && settings.ContainsKey($"{PrefixListWords} {direction}")))
        {
            throw new FrrSyntaxException("Prefix/distribute list can not co-exist");
        }
        else
        {
            settings[key] = new FrrPeer.Setting(words, null, name);
        }

        return true;
    }

    private const string PrefixListWords = "prefix-list";

    private const string DistributeListWords = "distribute-list";

    /// <summary>"advertise-map NAME exist-map|non-exist-map NAME".</summary>
    private static bool ReadAdvertiseMap(FrrWords words, bool negated, SortedDictionary<string, FrrPeer.Setting> settings)
    {
        string key = words.Next();
        string routes = words.Next();
        bool isPresent = words.Take("exist-map");
        if (!isPresent && !words.Take("non-exist-map"))
        {
            throw new FrrSyntaxException($"'{words.Peek}' is not exist-map or non-exist-map");
        }

        string condition = words.Next();
        if (negated)
        {
            settings.Remove(key);
        }
        else
        {
            settings[key] = new FrrPeer.Setting(words, null, routes) { Condition = (condition, isPresent) };
        }

        return true;
    }

    private static bool ReadMaximumPrefix(FrrWords words, bool negated, SortedDictionary<string, FrrPeer.Setting> settings)
    {
        words.Next();
        if (negated)
        {
            words.Rest();
            TakeBack(settings, words, "maximum-prefix", (c, _) => c with { MaximumPrefixes = 0 });
            return true;
        }

        int limit = (int)Math.Min(int.MaxValue, words.Number(1));
        words.TryNumber(out _);
        bool warns = words.Take("warning-only");
        Duration restart = words.Take("restart") ? Duration.FromSeconds(60 * words.Number(1, 65535)) : Duration.Zero;
        words.Take("force");
        Put(settings, words, "maximum-prefix", (c, _) => c with
        {
            MaximumPrefixes = limit,
            MaximumPrefixesWarningOnly = warns,
            MaximumPrefixesRestart = restart,
        });
        return true;
    }
}
