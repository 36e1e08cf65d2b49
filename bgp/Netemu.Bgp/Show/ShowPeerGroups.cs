using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Show;

/// <summary>"show bgp peer-group [NAME] [json]": what a group is of, its listen ranges, its members and their states.</summary>
internal static class ShowPeerGroups
{
    public static string Run(FrrConfiguration configuration, BgpSpeaker speaker, string? name, bool json)
    {
        FrrRouter? router = configuration.Router;
        Group[] groups =
        [
            .. (router?.Peers ?? []).Where(peer => peer.IsGroup && (name is null || peer.Name == name))
                .OrderBy(peer => peer.Name, StringComparer.Ordinal).Select(peer => GroupOf(router!, speaker, peer)),
        ];
        return json ? ShowJson.Write(writer => Write(writer, groups))
            : name is not null && groups.Length == 0 ? "% No such peer-group\n"
            : string.Concat(groups.Select(Text));
    }

    private static Group GroupOf(FrrRouter router, BgpSpeaker speaker, FrrPeer peer)
    {
        InternetPrefix[] ranges = [.. router.ListenRanges.Where(range => range.Group == peer.Name).Select(range => range.Prefix).Order()];
        List<Member> members = [];
        foreach (FrrPeer member in router.Peers.Where(member => member.Group == peer.Name))
        {
            BgpSession? session = InternetAddress.TryParse(member.Name, out InternetAddress address)
                ? speaker.FindNeighbor(address)
                : speaker.FindNeighbor(member.Name);

            // On an interface nobody may have been found yet.
            bool isDown = session?.Configuration.Shutdown
                ?? speaker.Configuration.Unnumbered.Any(link => link.Interface == member.Name && link.Configuration.Shutdown);
            members.Add(new Member(member.Name, isDown ? "Idle (Admin)" : session is null ? "Idle" : session.State.ToString(), IsDynamic: false));
        }

        members.AddRange(speaker.Neighbors
            .Where(session => session.IsDynamic && ranges.Any(range => range.Contains(session.Address)))
            .Select(session => new Member(session.Name, session.State.ToString(), IsDynamic: true)));
        return new Group(peer.Name, members, ranges)
        {
            RemoteAs = peer.RemoteAs switch
            {
                null => null,
                "internal" => router.As,
                string word => uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : 0,
            },
            LocalAs = router.As,
            Families =
            [
                .. new[] { AddressFamily.IPv4, AddressFamily.IPv6 }.Where(family => FrrCompiler.IsActive(
                    peer, null, family, family == AddressFamily.IPv4 ? router.DefaultIPv4Unicast : router.DefaultIPv6Unicast)),
            ],
        };
    }

    private static string Text(Group group)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"\nBGP peer-group {group.Name}{(group.RemoteAs is uint remote ? $", remote AS {remote}" : "")}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Peer-group type is {group.Kind}\n");
        text.Append("  Configured address-families:").Append(
            group.Families.Count == 0 ? " none" : string.Concat(group.Families.Select(family => $" {ShowWords.FamilyName(family)};"))).Append('\n');
        foreach (IGrouping<AddressFamily, InternetPrefix> ranges in group.Ranges.GroupBy(range => range.Family))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {ranges.Count()} {Afi(ranges.Key)} listen range(s)\n");
            text.Append(string.Concat(ranges.Select(range => $"    {range}\n")));
        }

        if (group.Members.Count > 0)
        {
            text.Append("  Peer-group members:\n");
            foreach (Member member in group.Members)
            {
                text.Append(CultureInfo.InvariantCulture, $"    {member.Name} {(member.IsDynamic ? "(dynamic)" : "")} {member.Status} \n");
            }
        }

        return text.ToString();
    }

    private static void Write(Utf8JsonWriter json, Group[] groups)
    {
        json.WriteStartObject();
        foreach (Group group in groups)
        {
            json.WriteStartObject(group.Name);
            if (group.RemoteAs is uint remote)
            {
                json.WriteNumber("remoteAs", remote);
            }

            json.WriteString("type", group.Kind);
            json.WriteStartArray("addressFamiliesConfigured");
            foreach (AddressFamily family in group.Families)
            {
                json.WriteStringValue(ShowWords.FamilyName(family));
            }

            json.WriteEndArray();
            WriteRanges(json, group);
            if (group.Members.Count > 0)
            {
                json.WriteStartObject("members");
                foreach (Member member in group.Members)
                {
                    json.WriteStartObject(member.Name);
                    json.WriteString("status", member.Status);
                    ShowJson.WriteIf(json, "dynamic", member.IsDynamic);
                    json.WriteEndObject();
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteRanges(Utf8JsonWriter json, Group group)
    {
        if (group.Ranges.Count == 0)
        {
            return;
        }

        json.WriteStartObject("dynamicRanges");
        foreach (IGrouping<AddressFamily, InternetPrefix> ranges in group.Ranges.GroupBy(range => range.Family))
        {
            json.WriteStartObject(Afi(ranges.Key));
            json.WriteNumber("count", ranges.Count());
            json.WriteStartArray("ranges");
            foreach (InternetPrefix range in ranges)
            {
                json.WriteStringValue(range.ToString());
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string Afi(AddressFamily family) => family == AddressFamily.IPv4 ? "IPv4" : "IPv6";

    private sealed record Member(string Name, string Status, bool IsDynamic);

    private sealed record Group(string Name, IReadOnlyList<Member> Members, IReadOnlyList<InternetPrefix> Ranges)
    {
        /// <summary>Null without "remote-as", 0 for "external".</summary>
        public uint? RemoteAs { get; init; }

        public uint LocalAs { get; init; }

        public IReadOnlyList<AddressFamily> Families { get; init; } = [];

        public string Kind => RemoteAs == LocalAs ? "internal" : "external";
    }
}
