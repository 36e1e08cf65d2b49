using System;

namespace Netemu.Bgp.Rib;

/// <summary>
/// An array that grows by pages of 256 elements: nothing is copied when it grows, and a sparse one costs its pages only.
/// </summary>
internal sealed class PagedArray<T>
    where T : struct
{
    private const int PageBits = 8;
    private const int PageSize = 1 << PageBits;
    private const int PageMask = PageSize - 1;

    private T[]?[] _pages = [];

    /// <summary>The element at an index whose page exists.</summary>
    public ref T this[int index] => ref _pages[index >> PageBits]![index & PageMask];

    /// <summary>The element, or the default value where there is no page.</summary>
    public T GetOrDefault(int index)
    {
        int page = index >> PageBits;
        return page < _pages.Length && _pages[page] is T[] elements ? elements[index & PageMask] : default;
    }

    /// <summary>The element, making its page if there is none.</summary>
    public ref T GetOrAdd(int index)
    {
        int page = index >> PageBits;
        if (page >= _pages.Length)
        {
            Array.Resize(ref _pages, Math.Max(page + 1, _pages.Length * 2));
        }

        T[] elements = _pages[page] ??= new T[PageSize];
        return ref elements[index & PageMask];
    }
}
