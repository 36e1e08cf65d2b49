using System;
using System.Collections.Generic;

namespace Netemu.Commands.Applications;

/// <summary>Looks into lists of HTTP fields, whose names have no case.</summary>
internal static class FieldList
{
    public static bool Has(this IReadOnlyList<KeyValuePair<string, string>> fields, string name)
    {
        foreach (KeyValuePair<string, string> field in fields)
        {
            if (field.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
