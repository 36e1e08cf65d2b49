using System;
using System.Collections.Generic;

namespace Netemu.Live.Tests;

/// <summary>Sees the frames of one device, as a packet socket does.</summary>
public interface IFrameWatch : IDisposable
{
    /// <summary>The frames since the last call, as <see cref="FrameText"/> with "in" or "out" before it, equal ones counted.</summary>
    IReadOnlyList<string> Frames();
}
