using System;
using System.Collections.Generic;

namespace Netemu.Bgp.Rib;

/// <summary>
/// Pages of 256 elements for the tables of one emulation, cut from slabs that grow with it: a thousand tables of ten
/// thousand routes are a few large arrays, which the garbage collector neither moves nor looks into. Who takes a page
/// gives it back.
/// </summary>
internal sealed class PagePool<T>
    where T : unmanaged
{
    public const int PageBits = 8;
    public const int PageSize = 1 << PageBits;
    private const int FirstSlabPages = 4;
    private const int LargestSlabPages = 4096;

    private readonly Stack<Page> _free = [];
    private T[] _slab = [];
    private int _used;

    /// <summary>Takes a page of default values.</summary>
    public Page Take()
    {
        if (_free.TryPop(out Page page))
        {
            page.Elements.Clear();
            return page;
        }

        if (_used == _slab.Length)
        {
            int pages = Math.Clamp(_slab.Length / PageSize * 2, FirstSlabPages, LargestSlabPages);
            _slab = new T[pages * PageSize];
            _used = 0;
        }

        page = new Page(_slab, _used);
        _used += PageSize;
        return page;
    }

    public void Give(Page page) => _free.Push(page);

    /// <summary>256 elements of a slab; the default value is no page.</summary>
    internal readonly record struct Page(T[]? Slab, int Start)
    {
        public Span<T> Elements => Slab.AsSpan(Start, PageSize);
    }
}
