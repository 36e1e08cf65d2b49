using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Netemu.Bgp.Frr;

/// <summary>The lists of one kind by their names, in the order in which they were made. One without entries is none.</summary>
internal sealed class FrrLists<T> : IEnumerable<FrrList<T>>
{
    private readonly List<FrrList<T>> _lists = [];

    /// <summary>By name, as the shows have them.</summary>
    public IEnumerable<FrrList<T>> Sorted => _lists.OrderBy(list => list.Name, StringComparer.Ordinal);

    /// <summary>By name, those that are numbers first.</summary>
    public IEnumerable<FrrList<T>> NumbersFirst =>
        Sorted.OrderBy(list => list.IsNumbered ? uint.Parse(list.Name, CultureInfo.InvariantCulture) : ulong.MaxValue);

    public FrrList<T>? Find(string name) => _lists.Find(list => list.Name == name);

    public FrrList<T> Of(string name)
    {
        FrrList<T>? list = Find(name);
        if (list is null)
        {
            list = new FrrList<T>(name);
            _lists.Add(list);
        }

        return list;
    }

    public void Remove(string name) => _lists.RemoveAll(list => list.Name == name);

    /// <summary>A list whose last entry has gone goes too, unless somebody has described it.</summary>
    public void Tidy() => _lists.RemoveAll(list => list.Entries.Count == 0 && list.Description is null);

    public IEnumerator<FrrList<T>> GetEnumerator() => _lists.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
