using System.Collections.Generic;

namespace Netemu.Bgp.Rib;

/// <summary>
/// A list of prefix ids in which consecutive ones take no room. Prefixes that were announced together have such ids, so a
/// table that ten thousand speakers learn at once costs each of them two numbers.
/// </summary>
/// <remarks>A number is an id; a negative one says how many ids follow the one before it.</remarks>
internal sealed class PrefixRuns
{
    private readonly List<int> _numbers = [];
    private int _last;

    /// <summary>The number of ids.</summary>
    public int Count { get; private set; }

    public void Add(int prefix)
    {
        if (Count == 0 || prefix != _last + 1)
        {
            _numbers.Add(prefix);
        }
        else if (_numbers[^1] >= 0)
        {
            _numbers.Add(-1);
        }
        else
        {
            _numbers[^1]--;
        }

        _last = prefix;
        Count++;
    }

    /// <summary>Forgets them all; the room stays, as the next change of that size needs it again.</summary>
    public void Clear()
    {
        _numbers.Clear();
        Count = 0;
    }

    /// <summary>The runs in the order of adding; ids that are added meanwhile are seen as well.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>The same, id by id.</summary>
    public Identifiers Ids => new(this);

    /// <summary>Walks over the ids.</summary>
    public struct Identifiers(PrefixRuns prefixes)
    {
        private Enumerator _runs = prefixes.GetEnumerator();
        private int _left;

        public int Current { get; private set; }

        public readonly Identifiers GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_left > 0)
            {
                _left--;
                Current++;
                return true;
            }

            bool found = _runs.MoveNext();
            (Current, int count) = _runs.Current;
            _left = count - 1;
            return found;
        }
    }

    /// <summary>Walks over the runs.</summary>
    public struct Enumerator(PrefixRuns prefixes)
    {
        private readonly List<int> _numbers = prefixes._numbers;
        private int _next;
        private int _followers;

        /// <summary>Ids from the first one on; the last run seen may go on in the next one.</summary>
        public (int First, int Count) Current { get; private set; }

        public bool MoveNext()
        {
            if (_next < _numbers.Count && _numbers[_next] < 0)
            {
                int more = -_numbers[_next] - _followers;
                if (more > 0)
                {
                    Current = (Current.First + Current.Count, more);
                    _followers += more;
                    return true;
                }

                _next++;
            }

            if (_next >= _numbers.Count)
            {
                return false;
            }

            int first = _numbers[_next++];
            _followers = _next < _numbers.Count && _numbers[_next] < 0 ? -_numbers[_next] : 0;
            Current = (first, 1 + _followers);
            return true;
        }
    }
}
