using System;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Rib;

/// <summary>
/// The prefixes of one family with dense ids, shared by the speakers of one emulation. Ids are never given back, and
/// decide no order that anyone can see.
/// </summary>
public abstract class PrefixTable
{
    public abstract AddressFamily Family { get; }

    /// <summary>The number of prefixes; ids are below it.</summary>
    public abstract int Count { get; }

    public abstract InternetPrefix this[int id] { get; }

    /// <summary>The id of a prefix of this family.</summary>
    public abstract int Intern(InternetPrefix prefix);

    /// <summary>The id of a prefix, if any speaker has ever held it.</summary>
    public abstract bool TryFind(InternetPrefix prefix, out int id);

    /// <summary>
    /// Reads a field of (length, prefix) tuples (RFC 4271 section 4.3). False if a length is too great or overruns the
    /// field; what was read until then stays in the buffer.
    /// </summary>
    internal abstract bool TryReadNlri(ReadOnlySpan<byte> field, bool addPath, NlriBuffer into);

    /// <summary>Writes the tuple of one prefix and returns its length: at most 17 bytes.</summary>
    internal abstract int WriteNlri(int id, Span<byte> destination);
}
