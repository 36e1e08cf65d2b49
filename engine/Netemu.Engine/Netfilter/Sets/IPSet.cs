using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Evaluation;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Netfilter.Sets;

/// <summary>
/// A named set that rules look into. IPv4 members with one address take eight bytes; all others forty. Networks are found
/// by the longest prefix: one probe per prefix length in use.
/// </summary>
public sealed class IPSet
{
    private SetContent _content;
    private MemberTimeouts? _timeouts;

    /// <summary>Null for a set whose members are members and nothing else: those are tested without looking which one it is.</summary>
    private MemberExtensions? _extensions;

    internal IPSet(
        string name, SetType type, AddressFamily family, int maximumElements, Node? node = null, int? timeout = null, bool counters = false,
        bool comments = false)
    {
        _extensions = counters || comments ? new MemberExtensions(counters, comments) : null;
        _timeouts = timeout is { } seconds ? new MemberTimeouts(node!, this, seconds) : null;
        Name = name;
        MaximumElements = maximumElements;
        _content = new SetContent(type, family) { Users = 1 };
    }

    public string Name { get; internal set; }

    public SetType Type => _content.Type;

    public AddressFamily Family => _content.Family;

    /// <summary>maxelem.</summary>
    public int MaximumElements { get; private set; }

    /// <summary>The seconds that a member stays which is added without a time of its own, 0 for ever; null if members have no time.</summary>
    public int? Timeout => _timeouts?.Default;

    /// <summary>Whether each member counts the packets that it matches.</summary>
    public bool HasCounters => _extensions is { HasCounters: true };

    /// <summary>Whether members may have comments.</summary>
    public bool HasComments => _extensions is { HasComments: true };

    /// <summary>The members; another set of the same type and family may share them.</summary>
    public SetContent Content => _content;

    public int Count => _content.Count;

    /// <summary>How many rules, and lists, name the set: while any does, it can't be destroyed.</summary>
    public int References { get; internal set; }

    /// <summary>The members in order.</summary>
    public IReadOnlyList<SetMember> Members
    {
        get
        {
            List<SetMember> members = [.. _content.Members()];
            if (Type != SetType.ListSet)
            {
                members.Sort();
            }

            return members;
        }
    }

    internal IReadOnlyList<IPSet> Listed => _content.Sets;

    /// <summary>The whole seconds until a member goes, at least 1; 0 if it stays.</summary>
    public long Remaining(SetMember member) => _timeouts?.Remaining(member) ?? 0;

    /// <summary>
    /// Adds a member, for so many seconds in a set that was made for it (0: for ever; null: the set's own). One that is there is refused and
    /// stays as it is.
    /// </summary>
    public SetError Add(SetMember member, int? timeout = null)
    {
        SetError error = Check(member);
        if (error != SetError.None)
        {
            return error;
        }

        if (Count >= MaximumElements && !_content.Contains(member))
        {
            return SetError.Full;
        }

        if (_content.Contains(member))
        {
            return SetError.Exists;
        }

        OwnContent().Add(member);
        Prolong(member, timeout);
        return SetError.None;
    }

    /// <summary>What a member carries besides itself; null for nothing.</summary>
    public MemberExtension? ExtensionOf(in SetMember member) => _extensions?.Find(member);

    /// <summary>
    /// Notes counters, comment and nomatch of a member that is there. What the set was not made for is left out: who asks for it
    /// has been refused before.
    /// </summary>
    public void Extend(in SetMember member, long? packets, long? bytes, string? comment, bool isException)
    {
        _extensions ??= isException ? new MemberExtensions(counters: false, comments: false) : null;
        _extensions?.Set(member, packets, bytes, comment, isException);
    }

    /// <summary>Gives a member that is there its time anew (ipset add -exist); does nothing where members have none.</summary>
    public void Prolong(SetMember member, int? timeout) => _timeouts?.Set(member, timeout ?? _timeouts.Default);

    public SetError Remove(SetMember member)
    {
        SetError error = Check(member);
        if (error != SetError.None || !_content.Contains(member))
        {
            return error != SetError.None ? error : SetError.NotFound;
        }

        OwnContent().Remove(member);
        _timeouts?.Remove(member);
        _extensions?.Remove(member);
        return SetError.None;
    }

    /// <summary>True if exactly this member was added.</summary>
    public bool Contains(SetMember member) => Check(member) == SetError.None && _content.Contains(member);

    /// <summary>Removes all members (ipset flush).</summary>
    public void Clear()
    {
        foreach (IPSet listed in _content.Sets)
        {
            listed.References--;
        }

        _timeouts?.Clear();
        _extensions?.Clear();
        Use(new SetContent(Type, Family));
    }

    /// <summary>
    /// Takes the members of another set of the same type and family as they are, without a copy: what either of them
    /// changes later is its own.
    /// </summary>
    public void Share(SetContent content)
    {
        if (content.Type != Type || content.Family != Family || Type == SetType.ListSet || _timeouts is not null || _extensions is not null)
        {
            throw new ArgumentException("the members are of another type", nameof(content));
        }

        if (!ReferenceEquals(content, _content))
        {
            Use(content);
        }
    }

    /// <summary>Replaces all members at once, as a swap with a set that was filled beside it; the first error, or none.</summary>
    public SetError Replace(IEnumerable<SetMember> members)
    {
        SetContent content = new(Type, Family);
        foreach (SetMember member in members)
        {
            SetError error = Check(member);
            if (error == SetError.None && content.Count >= MaximumElements && !content.Contains(member))
            {
                error = SetError.Full;
            }

            if (error != SetError.None)
            {
                return error;
            }

            content.Add(member);
        }

        Use(content);
        _timeouts?.Clear();
        _extensions?.Clear();
        foreach (SetMember member in _timeouts is null && _extensions is null ? [] : content.Members())
        {
            Prolong(member, null);
            _extensions?.Set(member, null, null, null, isException: false);
        }

        return SetError.None;
    }

    /// <summary>The number of dimensions that a match gives directions for.</summary>
    public int Dimensions => Type switch
    {
        SetType.HashIP or SetType.HashNet => 1,
        SetType.HashIPPortIP => 3,
        _ => 2,
    };

    /// <summary>ipset swap: the names change places, so that rules see the other's members at once.</summary>
    internal static void Swap(IPSet left, IPSet right)
    {
        (left._content, right._content) = (right._content, left._content);
        (left.MaximumElements, right.MaximumElements) = (right.MaximumElements, left.MaximumElements);
        (left._timeouts, right._timeouts) = (right._timeouts, left._timeouts);
        (left._extensions, right._extensions) = (right._extensions, left._extensions);
        left.OwnTimeouts();
        right.OwnTimeouts();
    }

    internal bool AddSet(IPSet set)
    {
        if (_content.Sets.Contains(set))
        {
            return false;
        }

        set.References++;
        _content.Sets.Add(set);
        return true;
    }

    internal bool RemoveSet(IPSet set)
    {
        if (!_content.Sets.Remove(set))
        {
            return false;
        }

        set.References--;
        _extensions?.Remove(new SetMember(default, Set: set.Name));
        return true;
    }

    /// <summary>True if the packet's fields, in the directions given, are a member.</summary>
    internal bool Test(ref PacketView view, ImmutableArray<SetDirection> directions)
    {
        view.Read();
        return TestRead(ref view, directions);
    }

    private bool TestRead(ref PacketView view, ImmutableArray<SetDirection> directions)
    {
        if (Type == SetType.ListSet)
        {
            foreach (IPSet set in _content.Sets)
            {
                if (set.TestRead(ref view, directions))
                {
                    _extensions?.Count(new SetMember(default, Set: set.Name), view.Frame.Length - PacketView.NetworkOffset);
                    return true;
                }
            }

            return false;
        }

        if (view.Family != Family || directions.Length < Dimensions)
        {
            return false;
        }

        return _extensions is null ? _content.Test(ref view, directions) : TestExtended(_extensions, ref view, directions);
    }

    /// <summary>Finds the member that matches, counts for it, and lets an exception hide what shorter prefixes would match.</summary>
    private bool TestExtended(MemberExtensions extensions, ref PacketView view, ImmutableArray<SetDirection> directions)
    {
        if (!_content.TryFind(ref view, directions, out SetMember member) || extensions.Find(member) is { IsException: true })
        {
            return false;
        }

        extensions.Count(member, view.Frame.Length - PacketView.NetworkOffset);
        return true;
    }

    private void OwnTimeouts()
    {
        if (_timeouts is not null)
        {
            _timeouts.Owner = this;
        }
    }

    private void Use(SetContent content)
    {
        _content.Users--;
        content.Users++;
        _content = content;
    }

    /// <summary>The members for writing: a copy first if another set has them too.</summary>
    private SetContent OwnContent()
    {
        if (_content.Users > 1)
        {
            Use(_content.Clone());
        }

        return _content;
    }

    private SetError Check(in SetMember member)
    {
        if (Type == SetType.ListSet)
        {
            return SetError.WrongType;
        }

        bool twoAddresses = Type is SetType.HashIPPortIP or SetType.HashNetNet;
        if (member.Address.Family != Family || (twoAddresses && member.Second.Family != Family))
        {
            return SetError.WrongFamily;
        }

        int bits = Family == AddressFamily.IPv4 ? 32 : 128;
        bool hosts = Type is SetType.HashIP or SetType.HashIPPort or SetType.HashIPPortIP;
        if (hosts && (member.Address.Length != bits || (twoAddresses && member.Second.Length != bits)))
        {
            return SetError.WrongType;
        }

        return member.Address.Length == 0 || (twoAddresses && member.Second.Length == 0) ? SetError.ZeroPrefix : SetError.None;
    }
}
