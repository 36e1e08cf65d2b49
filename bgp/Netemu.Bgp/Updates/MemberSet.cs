using System;
using System.Numerics;

namespace Netemu.Bgp.Updates;

/// <summary>
/// The numbers of a group's sessions, as bits: to join and to leave is a store however many there are, and a walk goes
/// through them in ascending order, which is the order of configuration and of memory.
/// </summary>
internal sealed class MemberSet
{
    private const int WordBits = 64;

    private ulong[] _words = [];

    public int Count { get; private set; }

    public void Add(ushort member)
    {
        int word = member / WordBits;
        if (word >= _words.Length)
        {
            Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));
        }

        Count += (_words[word] & BitOf(member)) == 0 ? 1 : 0;
        _words[word] |= BitOf(member);
    }

    public void Remove(ushort member)
    {
        int word = member / WordBits;
        if (word < _words.Length && (_words[word] & BitOf(member)) != 0)
        {
            _words[word] &= ~BitOf(member);
            Count--;
        }
    }

    public void Clear()
    {
        Array.Clear(_words);
        Count = 0;
    }

    /// <summary>The next members in ascending order.</summary>
    /// <param name="next">Where to look first, and where to go on.</param>
    /// <param name="members">Takes the numbers, as many as it has room for.</param>
    /// <returns>How many were found; 0 at the end.</returns>
    public int Take(ref int next, Span<ushort> members)
    {
        int count = 0;
        for (int word = next / WordBits; word < _words.Length && count < members.Length; word++)
        {
            int first = word * WordBits;
            ulong left = _words[word] & (next > first ? ulong.MaxValue << (next - first) : ulong.MaxValue);
            for (; left != 0 && count < members.Length; left &= left - 1)
            {
                int member = first + BitOperations.TrailingZeroCount(left);
                members[count++] = (ushort)member;
                next = member + 1;
            }
        }

        return count;
    }

    private static ulong BitOf(ushort member) => 1ul << (member % WordBits);
}
