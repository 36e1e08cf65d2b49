using System.Collections.Generic;
using System.IO;

namespace Netemu.Engine.Tests.Pcapng;

/// <summary>A memory stream that remembers how long it was after each write.</summary>
internal sealed class WriteRecorder : MemoryStream
{
    private readonly List<int> _ends = [];

    public IReadOnlyList<int> Ends => _ends;

    public override void Write(byte[] buffer, int offset, int count)
    {
        base.Write(buffer, offset, count);
        _ends.Add((int)Length);
    }
}
