using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Core.Diagnostics;

namespace Netemu.Topologies.Loading;

/// <summary>
/// Reads files into documents: the given paths, directories, and what topology documents include. Every file is read
/// once; one that includes itself, however far round, is a finding.
/// </summary>
internal sealed class DocumentReader(LoaderOptions options, DiagnosticBag diagnostics)
{
    private readonly Dictionary<string, string> _sources = new(StringComparer.Ordinal);
    private readonly List<string> _open = [];
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);

    /// <summary>Every document with its file, in the order of reading; an included file comes after its includer.</summary>
    public List<YamlNode> Documents { get; } = [];

    public IReadOnlyDictionary<string, string> Sources => _sources;

    /// <summary>Reads one path from the command line.</summary>
    public void ReadPath(string path)
    {
        SourceRange nowhere = new(path, 0, 0, 0, 0);
        if (path == LoaderOptions.StandardInput)
        {
            if (options.ReadStandardInput is { } read)
            {
                ReadText("<stdin>", read());
            }

            return;
        }

        if (path.Length == 0)
        {
            // What an unset variable of a script leaves; the working directory is '.'.
            diagnostics.Error(LoaderCode.FileNotFound, "cannot read ''", nowhere with { File = "''" }, "write the name of a file or a directory");
            return;
        }

        ReadAny(FilePath.Normalize(path), path, nowhere);
    }

    /// <summary>The text of a file that a document names, relative to that document; null with a finding.</summary>
    public string? ReadRelative(string path, SourceRange from)
    {
        string full = FilePath.Combine(from.File, path);
        string? text = options.Files.FileExists(full) ? options.Files.ReadText(full) : null;
        if (text is null)
        {
            Unreadable(full, path, from);
        }

        return text;
    }

    /// <summary>A file of bytes that a topology names.</summary>
    public Stream? OpenRelative(string path, SourceRange from)
    {
        string full = FilePath.Combine(from.File, path);
        Stream? bytes = options.Files.FileExists(full) ? options.Files.Open(full) : null;
        if (bytes is null)
        {
            Unreadable(full, path, from);
        }

        return bytes;
    }

    /// <summary>The documents of a file that a step names; they are not part of the start.</summary>
    public IReadOnlyList<YamlNode> ReadManifests(string path, SourceRange from)
    {
        string full = FilePath.Combine(from.File, path);
        if (ReadRelative(path, from) is not { } text)
        {
            return [];
        }

        _sources[full] = text;
        return YamlReader.Read(text, full, diagnostics);
    }

    private void ReadAny(string path, string asWritten, SourceRange from)
    {
        if (options.Files.DirectoryExists(path))
        {
            ReadDirectory(path);
        }
        else if (options.Files.FileExists(path) && options.Files.ReadText(path) is { } text)
        {
            ReadFile(path, text, from);
        }
        else
        {
            Unreadable(path, asWritten, from);
        }
    }

    private void ReadDirectory(string directory)
    {
        List<string> names = [.. options.Files.ListFiles(directory)];
        names.RemoveAll(n => !n.EndsWith(".yaml", StringComparison.Ordinal) && !n.EndsWith(".yml", StringComparison.Ordinal));
        names.Sort(StringComparer.Ordinal);
        foreach (string name in names)
        {
            string path = FilePath.Normalize($"{directory}/{name}");

            // A directory may hold the file that includes it, and files that another one includes.
            if (_open.Contains(path) || _read.Contains(path))
            {
                continue;
            }

            SourceRange nowhere = new(path, 0, 0, 0, 0);
            if (options.Files.ReadText(path) is { } text)
            {
                _listed.Add(path);
                ReadFile(path, text, nowhere);
            }
            else
            {
                Unreadable(path, path, nowhere);
            }
        }
    }

    private void ReadFile(string path, string text, SourceRange from)
    {
        int at = _open.IndexOf(path);
        if (at >= 0)
        {
            string round = string.Join(" -> ", [.. _open.GetRange(at, _open.Count - at), path]);
            diagnostics.Error(LoaderCode.IncludeCycle, $"'{path}' includes itself", from, round);
            return;
        }

        if (!_read.Add(path))
        {
            if (_listed.Contains(path))
            {
                // A file of a directory that is read as a whole may also be included by its neighbour.
                return;
            }

            diagnostics.Error(LoaderCode.ObjectTwice, $"file '{path}' is read twice", from, "include it once");
            return;
        }

        ReadText(path, text);
    }

    private void ReadText(string path, string text)
    {
        _sources[path] = text;
        _open.Add(path);
        IReadOnlyList<YamlNode> documents = YamlReader.Read(text, path, diagnostics);
        Documents.AddRange(documents);
        foreach (YamlNode document in documents)
        {
            Include(document);
        }

        _open.RemoveAt(_open.Count - 1);
    }

    private void Include(YamlNode document)
    {
        if (!DocumentKind.IsTopology(document) || ((YamlMapping)document)["include"] is not YamlSequence includes)
        {
            return;
        }

        foreach (YamlNode item in includes.Items)
        {
            if (item is not YamlScalar { IsNull: false } scalar)
            {
                // The binder reports it with all other wrong types.
                continue;
            }

            string path = Substitution.Apply(scalar.Value, Lookup, null, out _);
            ReadAny(FilePath.Combine(scalar.Range.File, path), path, scalar.Range);
        }
    }

    /// <summary>A variable: --set before the environment.</summary>
    public string? Lookup(string name)
    {
        _named.Add(name);
        return options.Sets.TryGetValue(name, out string? value) ? value : options.Environment(name);
    }

    /// <summary>Tells of variables that are set and that no scalar has named.</summary>
    public void ReportUnnamed(SourceRange nowhere)
    {
        foreach (string name in options.Sets.Keys.Where(n => !_named.Contains(n)))
        {
            diagnostics.Warning(
                LoaderCode.UnusedVariable,
                $"variable '{name}' is set, but the topology does not name it",
                nowhere,
                Spelling.Hint(name, _named.Order(StringComparer.Ordinal)) ?? $"it would stand there as ${{{name}}}");
        }
    }

    private void Unreadable(string path, string asWritten, SourceRange from)
    {
        int slash = path.LastIndexOf('/');
        string folder = slash > 0 ? path[..slash] : slash == 0 ? "/" : ".";
        string hint = options.Files.FileExists(path)
            ? "the file is there: do its permissions or its size (256 MiB at most) keep it from being read?"
            : Spelling.Hint(path[(slash + 1)..], options.Files.ListFiles(folder))
            ?? (from.Line == 0 ? "there is no such file or directory" : "paths are relative to the file that names them");
        diagnostics.Error(LoaderCode.FileNotFound, $"cannot read '{asWritten}'", from, hint);
    }
}
