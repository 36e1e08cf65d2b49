using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Bgp.Bfd;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>
/// Writes a configuration as vtysh shows it ("show running-config"): what the daemons of FRR 8.4 would write, in their order,
/// without what is the default. Read again it is the same configuration.
/// </summary>
public sealed partial class FrrWriter
{
    private readonly FrrConfiguration _configuration;
    private readonly StringBuilder _text = new();

    private FrrWriter(FrrConfiguration configuration) => _configuration = configuration;

    /// <summary>The lines of one daemon ("bgpd", "zebra", "staticd", "bfdd"), or of all.</summary>
    public static string Write(FrrConfiguration configuration, string? daemon = null) => new FrrWriter(configuration).Write(daemon);

    private string Write(string? daemon)
    {
        bool bgpd = daemon is null or "bgpd";
        bool zebra = daemon is null or "zebra";
        Line("frr version 8.4.4");
        Line(_configuration.IsDatacenter ? "frr defaults datacenter" : "frr defaults traditional");
        if (_configuration.Hostname.Length > 0)
        {
            Line($"hostname {_configuration.Hostname}");
        }

        foreach (string line in _configuration.OtherLines.Where(line => zebra || !line.EndsWith("forwarding", StringComparison.Ordinal)))
        {
            Line(line);
        }

        Line("!");
        Block(StaticLines(zebra, daemon is null or "staticd"));
        if (zebra)
        {
            foreach ((string name, FrrInterface device) in _configuration.Interfaces)
            {
                Framed($"interface {name}", InterfaceLines(device));
            }
        }

        if (bgpd && _configuration.Router is { } router)
        {
            WriteRouter(router);
        }

        if (daemon != "staticd")
        {
            WriteLists(bgpd);
        }

        if (bgpd || zebra)
        {
            WriteRouteMaps(bgpd);
        }

        if (daemon is null or "bfdd")
        {
            WriteBfd();
        }

        Line("end");
        return _text.ToString();
    }

    private IEnumerable<string> StaticLines(bool zebra, bool staticd)
    {
        if (zebra && _configuration.RouterId is { } id)
        {
            yield return $"ip router-id {id}";
        }

        // The two families one after the other, each in the order of the file.
        foreach (FrrStaticRoute route in _configuration.StaticRoutes.Where(_ => staticd).OrderBy(route => route.Prefix.IsIPv6))
        {
            yield return StaticLine(route);
        }
    }

    private static string StaticLine(FrrStaticRoute route)
    {
        string way = route.IsNull ? "Null0" : route.IsBlackhole ? "blackhole" : route.IsReject ? "reject"
            : route.Gateway.IsNone ? route.Interface!
            : route.Interface is null ? route.Gateway.ToString() : $"{route.Gateway} {route.Interface}";
        return $"{(route.Prefix.IsIPv4 ? "ip" : "ipv6")} route {route.Prefix} {way}"
            + (route.Tag != 0 ? $" tag {route.Tag}" : "") + (route.Distance != 1 ? $" {route.Distance}" : "") + (route.IsOnLink ? " onlink" : "");
    }

    private static IEnumerable<string> InterfaceLines(FrrInterface device)
    {
        List<string> lines = [.. device.OtherLines];
        foreach ((InternetAddress address, int length) in device.Addresses)
        {
            lines.Add($"{(address.IsIPv4 ? "ip" : "ipv6")} address {address}/{length}");
        }

        if (device.IsShutdown)
        {
            lines.Add("shutdown");
        }

        return lines.Order(StringComparer.Ordinal);
    }

    private void WriteLists(bool bgpd)
    {
        foreach ((string family, FrrLists<PrefixListEntry> lists) in new[]
        {
            ("", _configuration.AccessLists(AddressFamily.IPv4)), ("ipv6 ", _configuration.AccessLists(AddressFamily.IPv6)),
        })
        {
            Block(lists.SelectMany(list => Lines(list, $"{family}access-list {list.Name}", "remark")));
        }

        foreach ((string family, FrrLists<PrefixListEntry> lists) in new[]
        {
            ("ip", _configuration.PrefixLists(AddressFamily.IPv4)), ("ipv6", _configuration.PrefixLists(AddressFamily.IPv6)),
        })
        {
            Block(lists.SelectMany(list => Lines(list, $"{family} prefix-list {list.Name}", "description")));
        }

        if (bgpd)
        {
            Block(_configuration.AsPathLists.Sorted.SelectMany(list => Lines(list, $"bgp as-path access-list {list.Name}", "description")));
            Block(
            [
                .. CommunityLines(_configuration.CommunityLists, "community-list"),
                .. CommunityLines(_configuration.ExtendedCommunityLists, "extcommunity-list"),
                .. CommunityLines(_configuration.LargeCommunityLists, "large-community-list"),
            ]);
        }
    }

    private static IEnumerable<string> Lines<T>(FrrList<T> list, string head, string remark)
    {
        if (list.Description is not null)
        {
            yield return $"{head} {remark} {list.Description}";
        }

        foreach ((int sequence, (string words, T _)) in list.Entries)
        {
            yield return $"{head} seq {sequence} {words}";
        }
    }

    /// <summary>Lists whose names are numbers come first, and have their kind in their number.</summary>
    private static IEnumerable<string> CommunityLines(FrrLists<CommunityListEntry> lists, string kind) =>
        lists.NumbersFirst.SelectMany(list => Lines(
            list, $"bgp {kind} {(list.IsNumbered ? "" : list.IsExpanded ? "expanded " : "standard ")}{list.Name}", "description"));

    /// <summary>vtysh sorts the lines of a route map.</summary>
    private void WriteRouteMaps(bool bgpd)
    {
        foreach (FrrRouteMap map in _configuration.RouteMaps)
        {
            foreach ((int sequence, FrrRouteMapEntry entry) in map.Entries)
            {
                Framed($"route-map {map.Name} {(entry.Permit ? "permit" : "deny")} {sequence}", EntryLines(entry, bgpd).Order(StringComparer.Ordinal));
            }
        }
    }

    private static IEnumerable<string> EntryLines(FrrRouteMapEntry entry, bool bgpd)
    {
        if (entry.Description is not null)
        {
            yield return $"description {entry.Description}";
        }

        foreach (FrrClause<PolicyMatch> match in entry.Matches.Where(match => bgpd || match.Statement.IsOfLibrary))
        {
            yield return $"match {match.Words}";
        }

        foreach (FrrClause<PolicyAction> set in entry.Sets.Where(set => bgpd || set.Statement.IsOfLibrary))
        {
            yield return $"set {set.Words}";
        }

        if (entry.Call is not null)
        {
            yield return $"call {entry.Call}";
        }

        if (entry.Continue is int next)
        {
            yield return next == 0 ? "on-match next" : $"on-match goto {next}";
        }
    }

    private void WriteBfd()
    {
        if (_configuration.BfdProfiles.Count + _configuration.BfdPeers.Count == 0)
        {
            return;
        }

        Line("bfd");
        foreach ((string kind, Dictionary<string, BfdParameters> all) in new[] { ("profile", _configuration.BfdProfiles), ("peer", _configuration.BfdPeers) })
        {
            foreach ((string name, BfdParameters parameters) in all)
            {
                Line($" {kind} {name}");
                WriteChanged("detect-multiplier", parameters.DetectMultiplier, BfdParameters.Default.DetectMultiplier);
                WriteChanged("transmit-interval", parameters.DesiredMinTx.Milliseconds, BfdParameters.Default.DesiredMinTx.Milliseconds);
                WriteChanged("receive-interval", parameters.RequiredMinRx.Milliseconds, BfdParameters.Default.RequiredMinRx.Milliseconds);
                Line(" exit");
                Line(" !");
            }
        }

        Line("exit");
        Line("!");
    }

    private void WriteChanged(string words, long value, long byDefault)
    {
        if (value != byDefault)
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"  {words} {value}"));
        }
    }

    private void Framed(string head, IEnumerable<string> lines)
    {
        Line(head);
        foreach (string line in lines)
        {
            Line(" " + line);
        }

        Line("exit");
        Line("!");
    }

    private void Block(IEnumerable<string> lines)
    {
        int before = _text.Length;
        foreach (string line in lines)
        {
            Line(line);
        }

        if (_text.Length > before)
        {
            Line("!");
        }
    }

    private void Line(string line) => _text.Append(line).Append('\n');
}
