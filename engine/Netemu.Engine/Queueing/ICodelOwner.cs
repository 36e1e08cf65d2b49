using Netemu.Engine.Frames;

namespace Netemu.Engine.Queueing;

/// <summary>The discipline around a <see cref="CodelQueue"/>: counts for it and ends its frames.</summary>
internal interface ICodelOwner
{
    /// <summary>Bytes that the whole discipline holds.</summary>
    long BacklogBytes { get; }

    /// <summary>The device's MTU with its Ethernet header: so much may always wait.</summary>
    int LongestPacket { get; }

    /// <summary>A frame has left a queue, to be sent or dropped.</summary>
    void Taken(Frame frame);

    void DropCongested(Frame frame);

    void CountMark();

    void CountThresholdMark();
}
