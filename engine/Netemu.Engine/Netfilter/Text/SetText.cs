using System.Collections.Generic;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Sets;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>IP sets as `ipset list` and `ipset save` write them, and members as they are typed.</summary>
public static class SetText
{
    private const int SmallestHash = 1024;

    public static string TypeName(SetType type) => type switch
    {
        SetType.HashIP => "hash:ip",
        SetType.HashNet => "hash:net",
        SetType.HashIPPort => "hash:ip,port",
        SetType.HashNetPort => "hash:net,port",
        SetType.HashIPPortIP => "hash:ip,port,ip",
        SetType.HashNetNet => "hash:net,net",
        _ => "list:set",
    };

    public static bool TryParseType(string text, out SetType type)
    {
        for (type = SetType.HashIP; type <= SetType.ListSet; type++)
        {
            if (TypeName(type) == text)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>`ipset list`, of one set or of all.</summary>
    public static string List(SetTable sets, string? only = null)
    {
        StringBuilder text = new();
        foreach (IPSet set in sets.All)
        {
            if (only is not null && set.Name != only)
            {
                continue;
            }

            text.Append(text.Length > 0 ? "\n" : string.Empty);
            text.Append($"Name: {set.Name}\nType: {TypeName(set.Type)}\nRevision: {Revision(set.Type)}\nHeader: {Header(set)}\n");
            text.Append($"Size in memory: {Memory(set)}\nReferences: {set.References}\nNumber of entries: {set.Count}\nMembers:\n");
            foreach (SetMember member in set.Members)
            {
                text.Append($"{Member(set, member)}{Extensions(set, member)}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>`ipset save`: what `ipset restore` reads.</summary>
    public static string Save(SetTable sets, string? only = null)
    {
        StringBuilder text = new();
        foreach (IPSet set in sets.All)
        {
            if (only is not null && set.Name != only)
            {
                continue;
            }

            text.Append($"create {set.Name} {TypeName(set.Type)} {Header(set)}\n");
            foreach (SetMember member in set.Members)
            {
                text.Append($"add {set.Name} {Member(set, member)}{Extensions(set, member)}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Reads a member of <paramref name="set"/>: address[,proto:port][,address].</summary>
    public static bool TryParseMember(IPSet set, string text, out SetMember member)
    {
        member = default;
        string[] parts = text.Split(',');
        if (parts.Length != set.Dimensions || set.Type == SetType.ListSet || !InternetPrefix.TryParse(parts[0], out InternetPrefix first))
        {
            return false;
        }

        IPProtocol protocol = default;
        ushort port = 0;
        if (set.Type is SetType.HashIPPort or SetType.HashNetPort or SetType.HashIPPortIP)
        {
            // Without a protocol, TCP is meant.
            string[] pair = parts[1].Split(':');
            if (!ProtocolNames.TryParse(pair.Length > 1 ? pair[0] : "tcp", out protocol) || !ushort.TryParse(pair[^1], out port))
            {
                return false;
            }
        }

        InternetPrefix second = default;
        if (set.Type is SetType.HashIPPortIP or SetType.HashNetNet && !InternetPrefix.TryParse(parts[^1], out second))
        {
            return false;
        }

        member = new SetMember(first, protocol, port, second);
        return true;
    }

    internal static string Member(IPSet set, SetMember member)
    {
        if (set.Type == SetType.ListSet)
        {
            return member.Set!;
        }

        List<string> parts = [Address(member.Address)];
        if (set.Type is SetType.HashIPPort or SetType.HashNetPort or SetType.HashIPPortIP)
        {
            parts.Add($"{ProtocolNames.Text(member.Protocol)}:{member.Port}");
        }

        if (!member.Second.Address.IsNone)
        {
            parts.Add(Address(member.Second));
        }

        return string.Join(',', parts);
    }

    /// <summary>The highest revision of each type in Linux 6.</summary>
    private static int Revision(SetType type) => type switch
    {
        SetType.HashIP => 6,
        SetType.HashNet => 7,
        SetType.HashIPPort => 7,
        SetType.HashNetPort => 8,
        SetType.HashIPPortIP => 6,
        SetType.HashNetNet => 4,
        _ => 3,
    };

    private static string Header(IPSet set)
    {
        string extensions = (set.HasCounters ? " counters" : string.Empty) + (set.HasComments ? " comment" : string.Empty);
        if (set.Type == SetType.ListSet)
        {
            return "size 8" + extensions;
        }

        int hash = SmallestHash;
        while (hash < set.Count)
        {
            hash *= 2;
        }

        // The kernel draws initval at random; here it follows from the name, so that a run shows the same twice.
        uint initial = 0x811C_9DC5;
        foreach (char c in set.Name)
        {
            initial = (initial ^ c) * 0x0100_0193;
        }

        string family = set.Family == AddressFamily.IPv4 ? "inet" : "inet6";
        string timeout = set.Timeout is { } seconds ? $" timeout {seconds}" : string.Empty;
        return $"family {family} hashsize {hash} maxelem {set.MaximumElements}{timeout}{extensions} bucketsize 12 initval 0x{initial:x8}";
    }

    /// <summary>timeout, nomatch, counters and comment, in the order of libipset.</summary>
    private static string Extensions(IPSet set, SetMember member)
    {
        string text = set.Timeout is null ? string.Empty : $" timeout {set.Remaining(member)}";
        if (set.ExtensionOf(member) is not { } extension)
        {
            return text;
        }

        return text + (extension.IsException ? " nomatch" : string.Empty)
            + (set.HasCounters ? $" packets {extension.Packets} bytes {extension.Bytes}" : string.Empty)
            + (extension.Comment is { Length: > 0 } comment ? $" comment \"{comment}\"" : string.Empty);
    }

    /// <summary>`ipset list -o xml`.</summary>
    public static string Xml(SetTable sets, string? only = null)
    {
        StringBuilder text = new("<ipsets>\n");
        foreach (IPSet set in sets.All.Where(s => only is null || s.Name == only))
        {
            text.Append($"<ipset name=\"{set.Name}\">\n<type>{TypeName(set.Type)}</type>\n<revision>{Revision(set.Type)}</revision>\n<header>");
            string[] words = Header(set).Split(' ');
            for (int i = 0; i < words.Length; i++)
            {
                text.Append(words[i] is "counters" or "comment" ? $"<{words[i]}/>" : $"<{words[i]}>{words[i + 1]}</{words[i++]}>");
            }

            text.Append($"\n<memsize>{Memory(set)}</memsize>\n<references>{set.References}</references>\n<numentries>{set.Count}</numentries>\n</header>\n<members>\n");
            foreach (SetMember member in set.Members)
            {
                text.Append($"<member><elem>{Member(set, member)}</elem>{XmlExtensions(set, member)}</member>\n");
            }

            text.Append("</members>\n</ipset>\n");
        }

        return text.Append("</ipsets>\n").ToString();
    }

    private static string XmlExtensions(IPSet set, SetMember member)
    {
        string text = set.Timeout is null ? string.Empty : $"<timeout>{set.Remaining(member)}</timeout>";
        return set.ExtensionOf(member) is not { } extension ? text : text + (extension.IsException ? "<nomatch/>" : string.Empty)
            + (set.HasCounters ? $"<packets>{extension.Packets}</packets><bytes>{extension.Bytes}</bytes>" : string.Empty)
            + (extension.Comment is { Length: > 0 } comment ? $"<comment>\"{comment}\"</comment>" : string.Empty);
    }

    private static int Memory(IPSet set) => 200 + (set.Count * (set.Family == AddressFamily.IPv4 ? 16 : 48));

    private static string Address(InternetPrefix prefix) =>
        prefix.IsHost ? $"{prefix.Address}" : $"{prefix}";
}
