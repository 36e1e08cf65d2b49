using System.Collections.Generic;

namespace Netemu.Topologies.Building;

/// <summary>Lists that are filled with what could be resolved.</summary>
internal static class NextHopList
{
    /// <summary>Adds <paramref name="item"/> unless it could not be resolved.</summary>
    public static void AddIfAny<T>(this List<T> list, T? item)
        where T : class
    {
        if (item is not null)
        {
            list.Add(item);
        }
    }
}
