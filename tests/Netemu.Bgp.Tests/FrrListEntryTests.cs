using System.Linq;
using Netemu.Bgp.Frr;

namespace Netemu.Bgp.Tests;

/// <summary>The entries of a list of FRR's: their numbers, and which of them are the same.</summary>
public sealed class FrrListEntryTests
{
    [Fact]
    public void An_entry_without_a_number_goes_behind_the_last_unless_its_words_are_there()
    {
        FrrList<int> list = new("L");
        list.Add(null, "permit a", 1);
        list.Add(12, "permit b", 2);
        list.Add(null, "permit a", 3);
        list.Add(null, "permit c", 4);
        Assert.Equal([(5, "permit a"), (12, "permit b"), (15, "permit c")], list.Entries.Select(e => (e.Key, e.Value.Words)));
        Assert.Equal([1, 2, 4], list.Values);

        // What is written over is not there any more, and what has two numbers is there until both have gone.
        list.Add(12, "permit a", 5);
        list.Remove(null, "permit b");
        list.Remove(null, "permit a");
        list.Add(null, "permit a", 6);
        Assert.Equal([(12, 5), (15, 4)], list.Entries.Select(e => (e.Key, e.Value.Value)));

        list.Remove(12, "");
        list.Remove(15, "");
        list.Add(null, "permit a", 7);
        Assert.Equal([(5, 7)], list.Entries.Select(e => (e.Key, e.Value.Value)));
    }
}
