using System;
using System.Collections.Generic;
using System.IO;
using Netemu.Core.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Netemu.Calico.Yaml;

/// <summary>
/// Builds the trees of one file from the events of YamlDotNet's parser. Its representation model is not used: it
/// recurses without a bound and expands aliases. Here nesting ends at <see cref="YamlLimits.Depth"/> before the stack
/// or the parser's look-ahead can grow.
/// </summary>
internal sealed class YamlTreeBuilder
{
    private const string NotYaml = "this is not YAML: an unclosed '[' or '{', or a value that needs quotes";

    private readonly string _text;
    private readonly string _file;
    private readonly DiagnosticBag _diagnostics;
    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly Dictionary<string, YamlNode?> _anchors = new(StringComparer.Ordinal);
    private int _nodes;
    private long _expanded;
    private int _findings;
    private bool _stopped;

    public YamlTreeBuilder(string text, string file, DiagnosticBag diagnostics)
    {
        _text = text;
        _file = file;
        _diagnostics = diagnostics;
        _scanner = new Scanner(new StringReader(text));
        _parser = new Parser(_scanner);
    }

    /// <summary>Appends every document up to the end or the first syntax error.</summary>
    public void ReadInto(List<YamlNode> documents)
    {
        try
        {
            while (!_stopped && _parser.MoveNext())
            {
                if (_parser.Current is DocumentStart)
                {
                    ReadDocument(documents);
                }
            }
        }
        catch (YamlException error)
        {
            ReportSyntax(Message(error), RangeOf(error.Start, error.End));
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or FormatException
            or OverflowException or IndexOutOfRangeException)
        {
            // The scanner's own failures on malformed text: a fault of the text, at the place it had come to.
            ReportSyntax(NotYaml, RangeOf(_scanner.CurrentPosition, _scanner.CurrentPosition));
        }
    }

    private static string Message(YamlException error)
    {
        string message = error.Message.Trim().TrimEnd('.').ReplaceLineEndings(" ");
        return message.Length == 0 ? NotYaml : char.ToLowerInvariant(message[0]) + message[1..];
    }

    private static YamlScalarStyle StyleOf(ScalarStyle style) => style switch
    {
        ScalarStyle.SingleQuoted => YamlScalarStyle.SingleQuoted,
        ScalarStyle.DoubleQuoted => YamlScalarStyle.DoubleQuoted,
        ScalarStyle.Literal => YamlScalarStyle.Literal,
        ScalarStyle.Folded => YamlScalarStyle.Folded,
        _ => YamlScalarStyle.Plain,
    };

    private void ReadDocument(List<YamlNode> documents)
    {
        // An anchor's scope is its document (YAML 1.2 section 7.1).
        _anchors.Clear();
        _parser.MoveNext();
        YamlNode? root = ReadNode(depth: 1);
        if (root is not null && root is not YamlScalar { IsPlain: true, Value: "" } && !_stopped)
        {
            documents.Add(root);
        }
    }

    /// <summary>The node whose first event is current; leaves its last event current. Null where it could not be read.</summary>
    private YamlNode? ReadNode(int depth)
    {
        ParsingEvent start = _parser.Current!;
        if (start is AnchorAlias alias)
        {
            return ResolveAlias(alias, depth);
        }

        if (++_nodes > YamlLimits.Nodes)
        {
            return Stop($"more than {YamlLimits.Nodes} nodes in one file", RangeOf(start));
        }

        if (depth > YamlLimits.Depth)
        {
            return Stop($"nested deeper than {YamlLimits.Depth} levels", RangeOf(start));
        }

        if (start is not NodeEvent node)
        {
            // The parser lets some malformed keys through without a value.
            ReportSyntax(NotYaml, RangeOf(start));
            return null;
        }

        CheckTag(node);
        string? anchor = node.Anchor.IsEmpty ? null : node.Anchor.Value;
        if (anchor is not null)
        {
            // Known but without a value while its node is being read: an alias inside it is a cycle.
            _anchors[anchor] = null;
        }

        YamlNode? result = node switch
        {
            Scalar scalar => new YamlScalar(scalar.Value, StyleOf(scalar.Style), RangeOf(scalar)),
            SequenceStart sequence => ReadSequence(sequence, depth),
            _ => ReadMapping((MappingStart)node, depth),
        };
        if (anchor is not null)
        {
            _anchors[anchor] = result;
        }

        return result;
    }

    private YamlSequence? ReadSequence(SequenceStart start, int depth)
    {
        List<YamlNode> items = [];
        while (Advance() is not SequenceEnd)
        {
            YamlNode? item = ReadNode(depth + 1);
            if (_stopped)
            {
                return null;
            }

            if (item is not null)
            {
                items.Add(item);
            }
        }

        return new YamlSequence(items, RangeTo(start, start.Style == SequenceStyle.Flow, items.Count == 0 ? null : items[^1].Range));
    }

    private YamlMapping? ReadMapping(MappingStart start, int depth)
    {
        YamlMappingBuilder builder = new(this);
        SourceRange? last = null;
        while (Advance() is not MappingEnd)
        {
            YamlNode? key = ReadNode(depth + 1);
            if (_stopped)
            {
                return null;
            }

            Advance();
            YamlNode? value = ReadNode(depth + 1);
            if (_stopped)
            {
                return null;
            }

            if (key is not null && value is not null)
            {
                builder.Add(key, value);
                last = value.Range;
            }
        }

        return builder.Build(RangeTo(start, start.Style == MappingStyle.Flow, last));
    }

    private ParsingEvent Advance()
    {
        _parser.MoveNext();
        return _parser.Current!;
    }

    private YamlNode? ResolveAlias(AnchorAlias alias, int depth)
    {
        string name = alias.Value.Value;
        SourceRange range = RangeOf(alias);
        if (!_anchors.TryGetValue(name, out YamlNode? target))
        {
            Error(
                YamlCode.Alias,
                $"alias '*{name}' refers to no anchor before it",
                range,
                "quote a value that starts with '*', or put '&" + name + "' before the node it stands for");
            return null;
        }

        if (target is null)
        {
            Error(YamlCode.Alias, $"alias '*{name}' stands inside its own anchor", range);
            return null;
        }

        return depth - 1 + target.Height > YamlLimits.Depth
            ? Stop($"nested deeper than {YamlLimits.Depth} levels through alias '*{name}'", range)
            : CountExpansion(target.ExpandedSize, range) ? target : null;
    }

    /// <summary>Adds to what aliases stand for; false, with a finding, where that passes the limit.</summary>
    internal bool CountExpansion(int size, SourceRange range)
    {
        _expanded += size;
        if (_expanded <= YamlLimits.ExpandedNodes)
        {
            return true;
        }

        Stop($"aliases stand for more than {YamlLimits.ExpandedNodes} nodes", range);
        return false;
    }

    internal void Error(string code, string message, SourceRange range, string? hint = null)
    {
        if (_stopped)
        {
            return;
        }

        _diagnostics.Error(code, message, range, hint);
        _stopped = ++_findings >= YamlLimits.Findings;
    }

    private void CheckTag(NodeEvent node)
    {
        if (node.Tag.IsEmpty)
        {
            return;
        }

        string tag = node.Tag.Value.Replace("tag:yaml.org,2002:", "!!", StringComparison.Ordinal);
        SourceRange range = RangeOf(node);
        string hint = tag.StartsWith("!!", StringComparison.Ordinal)
            ? "remove the tag; quotes make a string, and nothing else is needed"
            : "quote a value that starts with '!', for example \"!has(a)\" or \"! x\"";
        Error(YamlCode.Tag, $"explicit tag '{tag}'", range, hint);
    }

    private YamlNode? Stop(string message, SourceRange range)
    {
        Error(YamlCode.Limit, message, range);
        _stopped = true;
        return null;
    }

    private void ReportSyntax(string message, SourceRange range)
    {
        (range, string? hint) = YamlText.PlaceSyntaxError(
            _text, message, range.Line == 0 ? range with { Line = 1, Column = 1 } : range);
        Error(YamlCode.Syntax, message, range, hint);
        _stopped = true;
    }

    private SourceRange RangeOf(ParsingEvent node) => RangeOf(node.Start, node.End);

    private SourceRange RangeOf(Mark start, Mark end) =>
        new(_file, (int)start.Line, (int)start.Column, (int)end.Line, (int)end.Column);

    /// <summary>
    /// The range of a collection whose end event is current. A flow collection's end event is a point before its bracket;
    /// a block collection's stands at the next token, so the block ends with its last child.
    /// </summary>
    private SourceRange RangeTo(NodeEvent start, bool flow, SourceRange? lastChild)
    {
        SourceRange range = RangeOf(start.Start, _parser.Current!.End);
        if (flow)
        {
            return range with { EndColumn = range.EndColumn + 1 };
        }

        return lastChild is not { } last || last.EndLine < range.Line
            ? range
            : range with { EndLine = last.EndLine, EndColumn = last.EndColumn };
    }
}
