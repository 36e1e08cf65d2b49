using System;
using System.Collections.Generic;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Calculation;

/// <summary>An IP set that some node uses: who uses it, how often each member is contributed, and its versions.</summary>
internal sealed class ActiveSet(string id)
{
    private const int SmallestRebuild = 64;

    private readonly Dictionary<IPSetMember, int> _counts = [];
    private List<(IPSetMember Member, bool IsAdded)> _since = [];
    private MemberVersion? _head;

    public string Id => id;

    public List<IndexSubscription> Users { get; } = [];

    /// <summary>One more contributes the member; the users hear of the first.</summary>
    public void Add(IPSetMember member)
    {
        int count = _counts.GetValueOrDefault(member);
        _counts[member] = count + 1;
        if (count == 0)
        {
            Tell(member, true);
        }
    }

    /// <summary>One less contributes the member; the users hear of the last.</summary>
    public void Remove(IPSetMember member)
    {
        if (--_counts[member] == 0)
        {
            _counts.Remove(member);
            Tell(member, false);
        }
    }

    /// <summary>The members as they are now.</summary>
    public MemberVersion Version()
    {
        // A version is a few changes on top of another one as long as that is less work than a list.
        if (_head is null || (_since.Count > 0 && _head.Depth + _since.Count > Math.Max(SmallestRebuild, _counts.Count / 2)))
        {
            _head = MemberVersion.Of(_counts.Keys);
            _since.Clear();
        }
        else if (_since.Count > 0)
        {
            _head = _head.With(_since);
            _since = [];
        }

        return _head;
    }

    private void Tell(IPSetMember member, bool isAdded)
    {
        if (_head is not null)
        {
            _since.Add((member, isAdded));
        }

        foreach (IndexSubscription user in Users)
        {
            user.OnMember(id, member, isAdded);
        }
    }
}
