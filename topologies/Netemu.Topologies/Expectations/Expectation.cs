using System.Collections.Generic;

namespace Netemu.Topologies.Expectations;

/// <summary>
/// Compares what was seen with what must be seen. Pure: the same two trees always give the same verdict.
/// <list type="bullet">
/// <item>A mapping holds when each of its keys does; further keys may be seen.</item>
/// <item>A sequence holds item by item, with no item more or less.</item>
/// <item>A scalar against a mapping means its <c>outcome</c> (or <c>verdict</c>); against a list, every item of it.</item>
/// <item><c>matches</c> and <c>json</c> look into <c>stdout</c>.</item>
/// </list>
/// </summary>
public static class Expectation
{
    /// <summary>The verdict, and each difference with its path.</summary>
    public static ExpectationOutcome Evaluate(ExpectedValue expected, ObservedValue observed)
    {
        List<string> differences = [];
        Compare(expected, observed, string.Empty, differences);
        return new ExpectationOutcome(
            differences.Count == 0, ValueText.Render(expected), Restrict(observed, expected), differences);
    }

    private static void Compare(ExpectedValue expected, ObservedValue observed, string path, List<string> differences)
    {
        switch (expected)
        {
            case ExpectedMapping mapping:
                CompareMapping(mapping, observed, path, differences);
                break;

            case ExpectedSequence sequence:
                CompareSequence(sequence, observed, path, differences);
                break;

            default:
                CompareScalar((ExpectedScalar)expected, observed, path, differences);
                break;
        }
    }

    private static void CompareMapping(ExpectedMapping expected, ObservedValue observed, string path, List<string> differences)
    {
        if (observed is not ObservedMapping mapping)
        {
            differences.Add(Difference(path, observed, ValueText.Render(expected)));
            return;
        }

        foreach ((string key, ExpectedValue child) in expected.Entries)
        {
            string childPath = path.Length == 0 ? key : $"{path}.{key}";
            if (mapping[key] is { } value)
            {
                Compare(child, value, childPath, differences);
            }
            else if (mapping["stdout"] is ObservedText output && key is ("matches" or "json"))
            {
                OutputExpectation.Compare(key, child, output.Text, childPath, differences, Compare);
            }
            else
            {
                Compare(child, ObservedNothing.Instance, childPath, differences);
            }
        }
    }

    private static void CompareSequence(ExpectedSequence expected, ObservedValue observed, string path, List<string> differences)
    {
        if (observed is not ObservedList list || list.Count != expected.Items.Count)
        {
            differences.Add(Difference(path, observed, ValueText.Render(expected)));
            return;
        }

        for (int i = 0; i < list.Count; i++)
        {
            Compare(expected.Items[i], list[i], $"{path}[{i}]", differences);
        }
    }

    private static void CompareScalar(ExpectedScalar expected, ObservedValue observed, string path, List<string> differences)
    {
        if (observed is ObservedMapping mapping && (mapping["outcome"] ?? mapping["verdict"]) is { } outcome)
        {
            CompareScalar(expected, outcome, path, differences);
            return;
        }

        bool holds = observed is ObservedList list ? EveryItem(expected, list) : ScalarExpectation.Holds(expected, observed);
        if (!holds)
        {
            differences.Add(Difference(path, observed, expected.Text));
        }
    }

    private static bool EveryItem(ExpectedScalar expected, ObservedList list)
    {
        foreach (ObservedValue item in list)
        {
            ObservedValue told = item is ObservedMapping mapping && mapping["outcome"] is { } outcome ? outcome : item;
            if (!ScalarExpectation.Holds(expected, told))
            {
                return false;
            }
        }

        return list.Count > 0 ? expected.Comparison != Comparison.Absent : expected.Comparison == Comparison.Absent;
    }

    private static string Difference(string path, ObservedValue observed, string expected) =>
        path.Length == 0 ? $"{observed} is not {expected}" : $"{path}: {observed} is not {expected}";

    /// <summary>What was seen under the keys that the expectation names; all of it where it names none.</summary>
    private static ObservedValue Restrict(ObservedValue observed, ExpectedValue expected)
    {
        if (observed is not ObservedMapping mapping)
        {
            return observed;
        }

        if (expected is not ExpectedMapping wanted)
        {
            return expected is ExpectedScalar ? mapping["outcome"] ?? mapping["verdict"] ?? observed : observed;
        }

        ObservedMapping restricted = [];
        foreach ((string key, ExpectedValue child) in wanted.Entries)
        {
            string source = key is "matches" or "json" && mapping[key] is null ? "stdout" : key;
            if (restricted[source] is null)
            {
                restricted.Add(source, mapping[source] is { } value ? Restrict(value, child) : ObservedNothing.Instance);
            }
        }

        return restricted;
    }
}
