using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>
/// What binding a topology document needs besides its nodes: findings (each once, however often a replicated part is
/// bound), variables, and the references to check when everything is known.
/// </summary>
internal sealed class Binder
{
    private const int FindingLimit = 1_000;

    /// <summary>What all ranges of a topology may stand for together.</summary>
    private const int ExpansionLimit = 250_000;

    private readonly DiagnosticBag _diagnostics;
    private readonly Func<string, string?> _lookup;
    private readonly HashSet<(string Code, SourceRange Range)> _reported = [];
    private IndexScope? _scope;
    private int _expansions;
    private bool _tooMany;

    public Binder(DiagnosticBag diagnostics, Func<string, string?> lookup)
    {
        _diagnostics = diagnostics;
        _lookup = lookup;
    }

    public List<Reference> References { get; } = [];

    /// <summary>The namespace whose parts are being bound, for names that are local to it.</summary>
    public NamespaceSpec? CurrentNamespace { get; set; }

    /// <summary>The node whose parts are being bound.</summary>
    public NodeSpec? CurrentNode { get; set; }

    /// <summary>Reads another file of the topology; null, with a finding, where it cannot be read.</summary>
    public Func<string, SourceRange, string?> ReadFile { get; init; } = static (_, _) => null;

    /// <summary>Opens a file of bytes; null, with a finding, where it cannot be read. Who asks disposes it.</summary>
    public Func<string, SourceRange, Stream?> OpenFile { get; init; } = static (_, _) => null;

    /// <summary>Whether unknown lines of FRR's files are warnings.</summary>
    public bool IsLenient { get; init; }

    /// <summary>Reads manifests for apply, patch and delete steps.</summary>
    public Func<string, SourceRange, IReadOnlyList<YamlNode>> ReadManifests { get; init; } = static (_, _) => [];

    /// <summary>Whether so much is wrong that binding stops.</summary>
    public bool IsFull => _tooMany || _reported.Count >= FindingLimit;

    public int IndexDepth => _scope?.Depth ?? 0;

    public void Error(string code, string message, SourceRange range, string? hint = null)
    {
        if (!IsFull && _reported.Add((code, range)))
        {
            _diagnostics.Error(code, message, range, hint);
        }
    }

    public void Warning(string code, string message, SourceRange range, string? hint = null)
    {
        if (!IsFull && _reported.Add((code, range)))
        {
            _diagnostics.Warning(code, message, range, hint);
        }
    }

    /// <summary>The text of a scalar with its variables replaced.</summary>
    public string Text(YamlScalar scalar)
    {
        string text = Substitution.Apply(scalar.Value, _lookup, _scope, out string? missing);
        if (missing is not null)
        {
            Error(
                LoaderCode.UnsetVariable,
                $"variable '{missing}' has no value",
                scalar.Range,
                $"give one with --set {missing}=..., in the environment, or as ${{{missing}:-default}}");
        }

        return text;
    }

    /// <summary>The scalar with its variables replaced; what was replaced has the type that its text has.</summary>
    public YamlScalar Resolve(YamlScalar scalar)
    {
        if (!scalar.Value.Contains('$', StringComparison.Ordinal))
        {
            return scalar;
        }

        string text = Text(scalar);
        return text == scalar.Value ? scalar : new YamlScalar(text, YamlScalarStyle.Plain, scalar.Range);
    }

    /// <summary>A tree with the variables of all its scalars replaced: what an inline manifest becomes.</summary>
    public YamlNode ResolveTree(YamlNode node) => node switch
    {
        YamlScalar scalar => Resolve(scalar),
        YamlSequence sequence => new YamlSequence([.. sequence.Items.Select(ResolveTree)], sequence.Range),
        YamlMapping mapping => new YamlMapping(
            [.. mapping.Entries.Select(e => new YamlEntry(Resolve(e.Key), ResolveTree(e.Value)))], mapping.Range),
        _ => node,
    };

    /// <summary>
    /// Calls <paramref name="bind"/> with each name that a key stands for, with the range's number in scope; once for a
    /// plain name.
    /// </summary>
    public void Expand(YamlScalar key, Action<string> bind)
    {
        string text = Text(key);
        if (!NameRange.IsRange(text))
        {
            bind(text);
            return;
        }

        if (!TryParseRange(text, key.Range, out NameRange? range))
        {
            return;
        }

        for (int position = 0; position < range!.Count && !IsFull; position++)
        {
            using (Enter(range.NumberAt(position)))
            {
                bind(range.NameAt(position));
            }
        }
    }

    /// <summary>Parses a name with a range, with a finding where it is none.</summary>
    public bool TryParseRange(string text, SourceRange place, out NameRange? range)
    {
        if (NameRange.TryParse(text, out range) && IndexDepth < IndexScope.MaximumDepth)
        {
            return CountExpansions(range!.Count, place);
        }

        string hint = IndexDepth >= IndexScope.MaximumDepth
            ? $"at most {IndexScope.MaximumDepth} ranges stand inside each other"
            : "write one range such as h[1-10], h[01-16] or h[1,3,5-9]";
        Error(LoaderCode.BadRange, $"'{text}' is not a range of names", place, hint);
        return false;
    }

    /// <summary>Counts the parts that a range stands for before any is made; false, with a finding, beyond the limit.</summary>
    private bool CountExpansions(int count, SourceRange place)
    {
        if (_expansions + count <= ExpansionLimit)
        {
            _expansions += count;
            return true;
        }

        Error(LoaderCode.TooMany, $"the ranges of this topology stand for more than {ExpansionLimit} parts", place);
        _tooMany = true;
        return false;
    }

    /// <summary>Puts the number of a range in scope until the result is disposed.</summary>
    public IndexFrame Enter(long number)
    {
        IndexFrame frame = new(this, _scope);
        _scope = new IndexScope(_scope, number);
        return frame;
    }

    /// <summary>Restores the scope that was there before a range's number was entered.</summary>
    internal readonly ref struct IndexFrame(Binder owner, IndexScope? outer)
    {
        public void Dispose() => owner._scope = outer;
    }
}
