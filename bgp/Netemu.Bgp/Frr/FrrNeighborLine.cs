using System.Collections.Generic;

namespace Netemu.Bgp.Frr;

/// <summary>A line of a neighbour or peer group while it is read: where its setting goes, and the words that are left.</summary>
internal readonly record struct FrrNeighborLine(FrrPeer Peer, SortedDictionary<string, FrrPeer.Setting> Settings, FrrWords Words)
{
    public bool IsNegated => Words.IsNegated;

    /// <summary>Keeps the line in the place of one with the same key. With "no" it stays too, as what came from elsewhere may have it set.</summary>
    public bool Put(string key, FrrChange? change)
    {
        Settings[key] = new FrrPeer.Setting(Words, change);
        return true;
    }

    /// <summary>The same for a line that carries the name of a list or map.</summary>
    public bool PutName(string key, string name)
    {
        Settings[key] = new FrrPeer.Setting(Words, null, name);
        return true;
    }

    /// <summary>
    /// The line goes. One that says what the neighbour was without commands is taken back by a setting of its own, which stays.
    /// </summary>
    public bool TakeBack(string key, FrrChange? undo)
    {
        if (Settings.GetValueOrDefault(key) is { IsGiven: true } or { IsUndone: true })
        {
            Settings[key] = new FrrPeer.Setting(Words, undo) { IsUndone = true };
        }
        else
        {
            Settings.Remove(key);
        }

        return true;
    }
}
