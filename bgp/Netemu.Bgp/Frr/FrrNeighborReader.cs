using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>"neighbor NAME ...": who there is and in which group, and by the tables of statements what is said of them.</summary>
internal static class FrrNeighborReader
{
    /// <summary>Reads what stands behind "neighbor"; false for what is no line of a neighbour here.</summary>
    /// <param name="scope">The router, and the family that the line is of.</param>
    /// <param name="words">The line.</param>
    /// <param name="inFamily">It stands in a family's block, where lines of the session are not known.</param>
    public static bool Read(FrrScope scope, FrrWords words, bool inFamily)
    {
        FrrRouter router = scope.Router;
        string name = words.Next();
        if (InternetAddress.TryParse(name, out InternetAddress address))
        {
            name = address.ToString();
        }

        if (words.IsNegated && words.AtEnd)
        {
            return router.RemovePeer(name) ? true : throw new FrrSyntaxException($"neighbor '{name}' does not exist");
        }

        bool creates = words.Peek is "remote-as" or "interface" or "peer-group";
        if (router.FindPeer(name) is null && !creates)
        {
            throw new FrrSyntaxException($"specify remote-as or peer-group commands first for neighbor '{name}'");
        }

        if (words.Take("peer-group"))
        {
            return ReadPeerGroup(router, words, name);
        }

        return (!inFamily && ReadSession(router, words, name)) || ReadFamily(router.PeerOf(name), words, scope.Family);
    }

    private static bool ReadSession(FrrRouter router, FrrWords words, string name)
    {
        if (words.Take("interface"))
        {
            return ReadInterface(router, words, name);
        }

        if (!words.Take("remote-as"))
        {
            return router.FindPeer(name) is { } peer && words.Take(FrrSessionStatements.All) is { } statement
                && statement.Read(new FrrNeighborLine(peer, peer.General, words));
        }

        if (words.IsNegated)
        {
            words.Rest();
            return router.RemovePeer(name);
        }

        SetRemoteAs(router, router.PeerOf(name), words);
        return true;
    }

    private static bool ReadFamily(FrrPeer peer, FrrWords words, AddressFamily family) =>
        words.Take(FrrNeighborFamilyStatements.All) is { } statement && statement.Read(new FrrNeighborLine(peer, peer.SettingsOf(family), words));

    /// <summary>"peer-group" makes a group, "peer-group NAME" a member of one.</summary>
    private static bool ReadPeerGroup(FrrRouter router, FrrWords words, string name)
    {
        if (words.AtEnd)
        {
            if (words.IsNegated)
            {
                return router.RemovePeer(name);
            }

            // "bgp default shutdown" is of neighbours only.
            FrrPeer made = router.FindPeer(name) ?? router.PeerOf(name, isGroup: true);
            made.IsGroup = true;
            return true;
        }

        string group = words.Next();
        if (router.FindPeer(group) is not { IsGroup: true })
        {
            throw new FrrSyntaxException($"peer-group '{group}' is not defined");
        }

        router.PeerOf(name).Group = words.IsNegated ? null : group;
        return true;
    }

    /// <summary>"interface [v6only] [remote-as AS | peer-group NAME]".</summary>
    private static bool ReadInterface(FrrRouter router, FrrWords words, string name)
    {
        FrrPeer peer = router.PeerOf(name);
        peer.IsInterface = true;
        peer.IsIPv6Only |= words.Take("v6only");
        if (words.Take("remote-as"))
        {
            SetRemoteAs(router, peer, words);
        }
        else if (words.Take("peer-group"))
        {
            ReadPeerGroup(router, words, name);
        }

        return true;
    }

    private static void SetRemoteAs(FrrRouter router, FrrPeer peer, FrrWords words)
    {
        bool any = words.Take("auto");
        int position = words.Position;
        uint remote = any ? 0 : words.Take("internal") ? router.As : words.Take("external") ? 0 : words.As();
        peer.RemoteAs = any ? "auto" : words.TextFrom(position);
        peer.General["remote-as"] = new FrrPeer.Setting(words, (c, _) => c with { RemoteAs = remote, AnyAs = any ? AnyAsMode.All : AnyAsMode.External });
    }
}
