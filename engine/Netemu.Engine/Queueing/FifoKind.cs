namespace Netemu.Engine.Queueing;

/// <summary>The three queues of sch_fifo.c.</summary>
public enum FifoKind : byte
{
    /// <summary>pfifo.</summary>
    Packets,

    /// <summary>bfifo.</summary>
    Bytes,

    /// <summary>pfifo_head_drop.</summary>
    PacketsHeadDrop,
}
