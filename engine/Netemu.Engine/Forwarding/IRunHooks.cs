using Netemu.Engine.Links;

namespace Netemu.Engine.Forwarding;

/// <summary>
/// What a run has to know of the hooks in a packet's way. A type of its own for each case, so that a run is compiled for it.
/// </summary>
internal interface IRunHooks
{
    /// <summary>How many of the next <paramref name="count"/> frames of a channel, which are plain, the hooks may let pass unseen.</summary>
    int Peek(LinkChannel channel, int count);

    /// <summary>
    /// The packet peeked at as number <paramref name="index"/> passes all hooks at <paramref name="now"/>; false if they have to
    /// see it: nothing has changed then.
    /// </summary>
    bool TryPass(int index, long now);

    /// <summary>Counts the packets of a run that have passed, of <paramref name="bytes"/> bytes together from the IP header on.</summary>
    void Count(int packets, long bytes);
}
