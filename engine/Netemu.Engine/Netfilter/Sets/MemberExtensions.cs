using System.Collections.Generic;

namespace Netemu.Engine.Netfilter.Sets;

/// <summary>The extensions of the members of one set (ip_set.h: IPSET_EXT_ID_COUNTER, IPSET_EXT_ID_COMMENT, and nomatch).</summary>
internal sealed class MemberExtensions(bool counters, bool comments)
{
    private readonly Dictionary<SetMember, MemberExtension> _members = [];

    public bool HasCounters => counters;

    public bool HasComments => comments;

    public MemberExtension? Find(in SetMember member) => _members.GetValueOrDefault(member);

    /// <summary>
    /// Notes what was said with a member. Counters that were not given stay as they are; a comment that was not given goes, as
    /// the kernel has it.
    /// </summary>
    public void Set(in SetMember member, long? packets, long? bytes, string? comment, bool isException)
    {
        if (!_members.TryGetValue(member, out MemberExtension? extension))
        {
            extension = new MemberExtension();
            _members.Add(member, extension);
        }

        extension.Packets = packets ?? extension.Packets;
        extension.Bytes = bytes ?? extension.Bytes;
        extension.Comment = comment;
        extension.IsException = isException;
    }

    public void Count(in SetMember member, int length)
    {
        if (counters && _members.TryGetValue(member, out MemberExtension? extension))
        {
            extension.Packets++;
            extension.Bytes += length;
        }
    }

    public void Remove(in SetMember member) => _members.Remove(member);

    public void Clear() => _members.Clear();
}
