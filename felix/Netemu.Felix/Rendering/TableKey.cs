using System;
using Netemu.Core.Addresses;

namespace Netemu.Felix.Rendering;

/// <summary>A table of one family: the unit that is applied atomically.</summary>
public readonly record struct TableKey(AddressFamily Family, NetfilterTable Table) : IComparable<TableKey>
{
    public int CompareTo(TableKey other) => Family != other.Family ? (int)Family - (int)other.Family : (int)Table - (int)other.Table;
}
