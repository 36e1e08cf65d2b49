namespace Netemu.Engine.Edges;

/// <summary>What a <see cref="JournalEntry"/> decided.</summary>
public enum JournalKind : byte
{
    /// <summary>What the run waited for held.</summary>
    Held,

    /// <summary>The run came to the end it was given.</summary>
    Ended,

    /// <summary>Somebody ended the run.</summary>
    Interrupted,

    /// <summary>The limit of frames ended the run.</summary>
    FrameLimit,
}
