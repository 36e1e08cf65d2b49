using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace Netemu.Bgp.Frr;

/// <summary>"route-map NAME permit|deny SEQ" and the lines under it.</summary>
public sealed partial class FrrReader
{
    private bool ReadRouteMapHead(FrrWords words, bool negated)
    {
        string name = words.Next();
        FrrRouteMap? map = configuration.FindRouteMap(name);
        if (negated && words.AtEnd)
        {
            configuration.RouteMaps.RemoveAll(other => other.Name == name);
            return Leave(Context.Top);
        }

        if (words.Take("optimization"))
        {
            if (map is not null)
            {
                map.IsOptimized = !negated;
            }

            return true;
        }

        bool permit = Permits(words);
        int sequence = (int)words.Number(1, 65535);
        if (negated)
        {
            map?.Entries.Remove(sequence);
            configuration.RouteMaps.RemoveAll(other => other.Entries.Count == 0);
            return Leave(Context.Top);
        }

        if (map is null)
        {
            map = new FrrRouteMap(name);
            configuration.RouteMaps.Add(map);
        }

        if (!map.Entries.TryGetValue(sequence, out FrrRouteMapEntry? entry))
        {
            map.Entries[sequence] = entry = new FrrRouteMapEntry(permit);
        }

        entry.Permit = permit;
        _entry = entry;
        return Leave(Context.RouteMap);
    }

    private bool ReadRouteMapLine(FrrWords words, bool negated)
    {
        FrrRouteMapEntry entry = _entry!;
        if (words.Take("match"))
        {
            return ReadClause(words, negated, FrrMatchStatements.All, entry.Matches);
        }

        if (words.Take("set"))
        {
            return ReadClause(words, negated, FrrSetStatements.All, entry.Sets);
        }

        if (words.Take("continue"))
        {
            entry.Continue = negated ? words.Drop<int?>() : words.TryNumber(out uint at) ? (int)at : 0;
            return true;
        }

        if (words.Take("on-match"))
        {
            entry.Continue = negated ? words.Drop<int?>()
                : words.Take("next") ? 0
                : words.Take("goto") ? (int)words.Number(1, 65535)
                : throw new FrrSyntaxException("'next' or 'goto' is missing");
            return true;
        }

        if (words.Take("call"))
        {
            entry.Call = negated ? words.Drop<string>() : words.Next();
            return true;
        }

        if (words.Take("description"))
        {
            string text = words.Rest();
            entry.Description = negated ? null : text;
            return true;
        }

        return false;
    }

    private static bool ReadClause<T>(FrrWords words, bool negated, ImmutableArray<FrrClauseStatement<T>> table, List<FrrClause<T>> clauses)
    {
        int start = words.Position;
        if (negated)
        {
            FrrRouteMapEntry.Remove(clauses, words.Rest());
            return true;
        }

        if (words.Take(table) is not { } statement)
        {
            throw new FrrSyntaxException($"'{words.Word(start - 1)} {words.Next()}' is not known");
        }

        Func<FrrConfiguration, T>? make = statement.Read(words);
        FrrRouteMapEntry.Put(clauses, new FrrClause<T>(statement, words.TextFrom(start), make));
        return true;
    }
}
