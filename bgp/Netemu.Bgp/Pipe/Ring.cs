using System;

namespace Netemu.Bgp.Pipe;

/// <summary>A first-in first-out queue whose first and last element can be looked at in place.</summary>
internal sealed class Ring<T>
{
    private T[] _elements = [];
    private int _head;

    public int Count { get; private set; }

    /// <summary>The oldest element; there must be one.</summary>
    public ref T First => ref _elements[_head];

    /// <summary>The newest element; there must be one.</summary>
    public ref T Last => ref _elements[(_head + Count - 1) & (_elements.Length - 1)];

    /// <summary>The element that will be the first after <paramref name="index"/> others.</summary>
    public ref T this[int index] => ref _elements[(_head + index) & (_elements.Length - 1)];

    public void Enqueue(in T added)
    {
        if (Count == _elements.Length)
        {
            Grow();
        }

        Count++;
        Last = added;
    }

    public T Dequeue()
    {
        const int Kept = 64;
        T taken = First;
        First = default!;
        Count--;
        if (Count == 0 && _elements.Length > Kept)
        {
            // A burst is over; a thousand nodes need not hold its room.
            _elements = [];
            _head = 0;
            return taken;
        }

        _head = (_head + 1) & (_elements.Length - 1);
        return taken;
    }

    private void Grow()
    {
        T[] larger = new T[Math.Max(4, _elements.Length * 2)];
        int first = Math.Min(Count, _elements.Length - _head);
        Array.Copy(_elements, _head, larger, 0, first);
        Array.Copy(_elements, 0, larger, first, Count - first);
        _elements = larger;
        _head = 0;
    }
}
