using System.Collections.Generic;

namespace Netemu.Engine.Frames;

/// <summary>How frames began and ended, for one emulation: the conservation law's left and right side.</summary>
public sealed class FrameAccounting
{
    private readonly long[] _dropped = new long[(int)DropReason.Count];

    /// <summary>Frames rented or cloned.</summary>
    public long Sent { get; internal set; }

    /// <summary>Frames whose content reached a socket, a stack or the world outside.</summary>
    public long Delivered { get; internal set; }

    /// <summary>Frames that ended in any <see cref="DropReason"/>.</summary>
    public long Dropped { get; private set; }

    /// <summary>The drops of one reason.</summary>
    public long this[DropReason reason] => _dropped[(int)reason];

    /// <summary>The reasons that occurred, in the enum's order, with their counts.</summary>
    public IEnumerable<KeyValuePair<DropReason, long>> Drops()
    {
        for (int i = 0; i < _dropped.Length; i++)
        {
            if (_dropped[i] > 0)
            {
                yield return KeyValuePair.Create((DropReason)i, _dropped[i]);
            }
        }
    }

    internal void CountDrop(DropReason reason)
    {
        _dropped[(int)reason]++;
        Dropped++;
    }
}
