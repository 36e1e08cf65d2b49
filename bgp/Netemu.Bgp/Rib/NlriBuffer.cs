using System;

namespace Netemu.Bgp.Rib;

/// <summary>Prefix ids and path identifiers read from one NLRI field; used again for the next.</summary>
internal sealed class NlriBuffer
{
    private int[] _prefixes = new int[1024];
    private uint[] _pathIds = new uint[1024];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Prefixes => _prefixes.AsSpan(0, Count);

    /// <summary>The path identifier of each prefix (RFC 7911); 0 without ADD-PATH.</summary>
    public ReadOnlySpan<uint> PathIds => _pathIds.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(int prefix, uint pathId)
    {
        if (Count == _prefixes.Length)
        {
            Array.Resize(ref _prefixes, Count * 2);
            Array.Resize(ref _pathIds, Count * 2);
        }

        _prefixes[Count] = prefix;
        _pathIds[Count++] = pathId;
    }
}
