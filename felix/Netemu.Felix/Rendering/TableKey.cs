using System;
using Netemu.Core.Addresses;

namespace Netemu.Felix.Rendering;

/// <summary>A table of one family: the unit that is applied atomically.</summary>
public readonly record struct TableKey(AddressFamily Family, NetfilterTable Table) : IComparable<TableKey>
{
    public int CompareTo(TableKey other)
    {
        int byFamily = Family.CompareTo(other.Family);
        return byFamily != 0 ? byFamily : Table.CompareTo(other.Table);
    }
}
