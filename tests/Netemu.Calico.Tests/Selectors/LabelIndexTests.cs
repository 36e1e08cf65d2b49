using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Selectors;
using Netemu.Core.Randomness;

namespace Netemu.Calico.Tests.Selectors;

public sealed class LabelIndexTests : ILabelIndexListener<string>
{
    private readonly HashSet<(Selector, string)> _matches = [];
    private readonly LabelIndex<string> _index;

    public LabelIndexTests() => _index = new LabelIndex<string>(this);

    [Fact]
    public void A_label_change_evaluates_few_of_ten_thousand_selectors()
    {
        // Given 10,000 selectors on one label, and one that cannot be indexed.
        for (int i = 0; i < 10_000; i++)
        {
            _index.AddSelector(Selector.Parse($"app == 'a{i}' && tier != 'x'"));
        }

        _index.AddSelector(Selector.Parse("!has(app)"));
        _index.UpdateItem("pod", LabelSet.Of(("app", "a1")));
        long before = _index.Evaluations;

        // When the label changes.
        _index.UpdateItem("pod", LabelSet.Of(("app", "a2")));

        // Then the old match, the new one and the unrestricted one are evaluated, and no more.
        Assert.Equal(3, _index.Evaluations - before);
        Assert.Equal([(Selector.Parse("app == 'a2' && tier != 'x'"), "pod")], _matches);
    }

    [Fact]
    public void The_matches_equal_a_full_evaluation_after_any_history()
    {
        string[] selectors =
        [
            "all()", "a == '1'", "a != '1'", "has(b)", "a in {'1','2'} || a == '3'", "a == '1' && b == '2'",
            "!(a == '1')", "b contains '1'", "a == '1' || b == '2'", "a not in {'2'}", "has(a) && !has(b)",
        ];
        Dictionary<string, LabelSet> items = [];
        HashSet<Selector> active = [];
        RandomSource random = new(7, "label-index");
        for (int step = 0; step < 5_000; step++)
        {
            string item = $"i{random.NextBelow(12)}";
            Selector selector = Selector.Parse(selectors[random.NextBelow(selectors.Length)]);
            switch (random.NextBelow(6))
            {
                case 0:
                    _index.RemoveItem(item);
                    items.Remove(item);
                    break;
                case 1:
                    _index.AddSelector(selector);
                    active.Add(selector);
                    break;
                case 2:
                    _index.RemoveSelector(selector);
                    active.Remove(selector);
                    break;
                default:
                    items[item] = LabelSet.From(new[] { "a", "b" }.Where(_ => random.NextBelow(3) > 0)
                        .Select(key => KeyValuePair.Create(key, $"{random.NextBelow(3)}")));
                    _index.UpdateItem(item, items[item]);
                    break;
            }

            HashSet<(Selector, string)> expected =
                [.. active.SelectMany(s => items.Where(i => s.Matches(i.Value)).Select(i => (s, i.Key)))];
            Assert.True(expected.SetEquals(_matches), $"step {step}");
        }
    }

    void ILabelIndexListener<string>.OnMatchStarted(Selector selector, string item) => Assert.True(_matches.Add((selector, item)));

    void ILabelIndexListener<string>.OnMatchStopped(Selector selector, string item) => Assert.True(_matches.Remove((selector, item)));
}
