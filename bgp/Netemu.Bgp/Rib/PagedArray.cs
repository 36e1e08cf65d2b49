using System;

namespace Netemu.Bgp.Rib;

/// <summary>
/// An array that grows by pages of a <see cref="PagePool{T}"/>: nothing is copied when it grows, and a sparse one costs
/// its pages only.
/// </summary>
internal sealed class PagedArray<T>(PagePool<T> pool)
    where T : unmanaged
{
    private const int PageMask = PagePool<T>.PageSize - 1;

    private PagePool<T>.Page[] _pages = [];

    /// <summary>The element at an index whose page exists.</summary>
    public ref T this[int index]
    {
        get
        {
            ref PagePool<T>.Page page = ref _pages[index >> PagePool<T>.PageBits];
            return ref page.Slab![page.Start + (index & PageMask)];
        }
    }

    /// <summary>The element, or the default value where there is no page.</summary>
    public T GetOrDefault(int index)
    {
        int page = index >> PagePool<T>.PageBits;
        return page < _pages.Length && _pages[page].Slab is T[] slab ? slab[_pages[page].Start + (index & PageMask)] : default;
    }

    /// <summary>The element, making its page if there is none.</summary>
    public ref T GetOrAdd(int index)
    {
        int number = index >> PagePool<T>.PageBits;
        if (number >= _pages.Length || _pages[number].Slab is null)
        {
            AddPage(number);
        }

        ref PagePool<T>.Page page = ref _pages[number];
        return ref page.Slab![page.Start + (index & PageMask)];
    }

    /// <summary>
    /// The elements from an index on, as many as lie in its page and at most a number of them; the page is made if there is
    /// none.
    /// </summary>
    public Span<T> From(int index, int most)
    {
        GetOrAdd(index);
        ref PagePool<T>.Page page = ref _pages[index >> PagePool<T>.PageBits];
        int start = index & PageMask;
        return page.Elements.Slice(start, Math.Min(most, PagePool<T>.PageSize - start));
    }

    /// <summary>The same for reading: an empty span where there is no page. Says how many indices it has dealt with.</summary>
    public ReadOnlySpan<T> Look(int index, int most, out int covered)
    {
        int page = index >> PagePool<T>.PageBits;
        int start = index & PageMask;
        covered = Math.Min(most, PagePool<T>.PageSize - start);
        return page < _pages.Length && _pages[page].Slab is not null ? _pages[page].Elements.Slice(start, covered) : [];
    }

    /// <summary>Gives every page back; all elements have the default value then.</summary>
    public void Clear()
    {
        foreach (PagePool<T>.Page page in _pages)
        {
            if (page.Slab is not null)
            {
                pool.Give(page);
            }
        }

        _pages = [];
    }

    private void AddPage(int number)
    {
        if (number >= _pages.Length)
        {
            Array.Resize(ref _pages, Math.Max(number + 1, _pages.Length * 2));
        }

        _pages[number] = pool.Take();
    }
}
