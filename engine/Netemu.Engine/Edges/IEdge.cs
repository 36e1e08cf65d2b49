using System;
using Netemu.Core.Time;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Edges;

/// <summary>
/// The outer side of an <see cref="EdgeDevice"/>: a device of the real kernel, a recording, a program. Every call comes
/// from the thread that runs the emulation, and none may wait.
/// </summary>
public interface IEdge
{
    /// <summary>
    /// Hands what has arrived to <paramref name="device"/>, while it has room; <paramref name="arrival"/> is the instant of
    /// the poll. Called between windows.
    /// </summary>
    void Poll(EdgeDevice device, SimTime arrival);

    /// <summary>
    /// Sends a copy of <paramref name="bytes"/>, or says why not; <see cref="DropReason.None"/> is success.
    /// <paramref name="flags"/> tell which checksums are known to be right.
    /// </summary>
    DropReason Send(ReadOnlySpan<byte> bytes, FrameFlags flags);

    /// <summary>The window has ended: what was collected to be sent together goes out.</summary>
    void Flush();

    /// <summary>The emulated side went up or down; the outer side loses or gets its carrier.</summary>
    void SetCarrier(bool carrier);

    /// <summary>The device has taken all it was given. A recording hands over what comes next.</summary>
    void InputTaken(EdgeDevice device)
    {
    }
}
