using System.Collections.Generic;

namespace Netemu.Bgp.Rib;

/// <summary>
/// A list of prefix ids as runs of consecutive ones. Prefixes that were announced together have such ids, so a whole table
/// is often one run, where a list of ids would cost a thousand speakers a list each.
/// </summary>
internal sealed class PrefixRuns
{
    private readonly List<Run> _runs = [];

    /// <summary>The number of ids.</summary>
    public int Count { get; private set; }

    public void Add(int prefix)
    {
        Count++;
        int last = _runs.Count - 1;
        if (last >= 0 && _runs[last] is Run run && run.First + run.Count == prefix)
        {
            _runs[last] = run with { Count = run.Count + 1 };
        }
        else
        {
            _runs.Add(new Run(prefix, 1));
        }
    }

    /// <summary>Forgets them all, and gives back the room that a long list took.</summary>
    public void Clear()
    {
        const int Kept = 64;
        _runs.Clear();
        Count = 0;
        if (_runs.Capacity > Kept)
        {
            _runs.Capacity = 0;
        }
    }

    /// <summary>The ids in the order of adding; ids that are added meanwhile are seen as well.</summary>
    public Enumerator GetEnumerator() => new(this);

    private readonly record struct Run(int First, int Count);

    /// <summary>Walks over the ids.</summary>
    public struct Enumerator(PrefixRuns prefixes)
    {
        private readonly List<Run> _runs = prefixes._runs;
        private int _run;
        private int _next;

        public int Current { readonly get; private set; }

        public bool MoveNext()
        {
            while (_run < _runs.Count)
            {
                Run run = _runs[_run];
                if (_next < run.Count)
                {
                    Current = run.First + _next++;
                    return true;
                }

                _run++;
                _next = 0;
            }

            return false;
        }
    }
}
