using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;

namespace Netemu.Cli.ClusterCommands;

/// <summary>The command line of kubectl or calicoctl, taken apart: the verb's words and the options that both share.</summary>
internal sealed class ObjectRequest
{
    private ObjectRequest(bool isCalico) => IsCalico = isCalico;

    public bool IsCalico { get; }

    /// <summary>The words that are no options, the verb first.</summary>
    public List<string> Words { get; private set; } = [];

    /// <summary>What stands behind `--`.</summary>
    public ImmutableArray<string> Command { get; private set; } = [];

    public string Namespace { get; private set; } = "default";

    public bool AllNamespaces { get; private set; }

    /// <summary>Empty for the table; wide, name, yaml or json.</summary>
    public string Output { get; private set; } = string.Empty;

    public string? Patch { get; private set; }

    public bool ReadsInput { get; private set; }

    public string? File { get; private set; }

    public bool ShowsBlocks { get; private set; }

    public string? Address { get; private set; }

    public bool Overwrites { get; private set; }

    /// <summary>-l: what the labels of the objects must be; null for all.</summary>
    public LabelQuery? Labels { get; private set; }

    public bool ShowsLabels { get; private set; }

    public bool HidesHeaders { get; private set; }

    /// <summary>Whether names in tables have their kinds before them.</summary>
    public bool NamesKinds { get; private set; }

    /// <summary>The addresses that lie in another node's block (calicoctl ipam show --show-borrowed).</summary>
    public bool ShowsBorrowed { get; private set; }

    /// <summary>calicoctl ipam show --show-configuration.</summary>
    public bool ShowsConfiguration { get; private set; }

    /// <summary>kubectl scale --replicas; null if absent.</summary>
    public int? Replicas { get; private set; }

    /// <summary>What was wrong with the line; null if nothing was.</summary>
    public string? Fault { get; private set; }

    public static ObjectRequest Parse(ImmutableArray<string> arguments, bool isCalico)
    {
        ObjectRequest request = new(isCalico);
        for (int i = 0; i < arguments.Length && request.Fault is null; i++)
        {
            string word = arguments[i];
            if (word == "--")
            {
                request.Command = arguments[(i + 1)..];
                break;
            }

            string? attached = null;
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (word.StartsWith("--", StringComparison.Ordinal) && equals > 0)
            {
                (attached, word) = (word[(equals + 1)..], word[..equals]);
            }
            else if (word.Length > 2 && word[0] == '-' && word[1] is 'o' or 'n' or 'f' or 'p' or 'l' && !word.StartsWith("--", StringComparison.Ordinal))
            {
                (attached, word) = (word[2..], word[..2]);
            }

            if (!word.StartsWith('-') || word == "-")
            {
                request.Words.Add(word);
                continue;
            }

            string? Value() => attached ?? (i + 1 < arguments.Length ? arguments[++i] : null);
            request.Take(word, Value);
        }

        return request;
    }

    /// <summary>The same request for one of the kinds that it names; their names carry the kind then.</summary>
    public ObjectRequest ForKind(string kind)
    {
        ObjectRequest request = (ObjectRequest)MemberwiseClone();
        request.Words = [.. Words];
        request.Words[1] = kind;
        request.NamesKinds = true;
        return request;
    }

    private void Take(string option, Func<string?> value)
    {
        switch (option)
        {
            case "-n" or "--namespace":
                Namespace = value() ?? Namespace;
                break;
            case "-A" or "--all-namespaces" or "-a":
                AllNamespaces = true;
                break;
            case "-o" or "--output":
                Output = value() ?? string.Empty;
                Output = Output == "yml" ? "yaml" : Output;
                Fault = Output is "" or "wide" or "name" or "yaml" or "json" or "ps" || Output.StartsWith("jsonpath=", StringComparison.Ordinal) ? null
                    : IsCalico ? $"unrecognized output format '{Output}'"
                    : $"unable to match a printer suitable for the output format \"{Output}\", allowed formats are: json,jsonpath,name,wide,yaml";
                break;
            case "-l" or "--selector":
                Labels = LabelQuery.Parse(value() ?? string.Empty, out string? wrong);
                Fault = wrong;
                break;
            case "--show-labels":
                ShowsLabels = true;
                break;
            case "--no-headers":
                HidesHeaders = true;
                break;
            case "--show-borrowed":
                ShowsBorrowed = true;
                break;
            case "--show-configuration":
                ShowsConfiguration = true;
                break;
            case "--replicas":
                Replicas = int.TryParse(value(), NumberStyles.None, CultureInfo.InvariantCulture, out int replicas) ? replicas : null;
                Fault = Replicas is null ? "--replicas takes a whole number from 0" : null;
                break;
            case "-f" or "--filename":
                File = value();
                ReadsInput = File == "-";
                break;
            case "-p" or "--patch":
                Patch = value();
                break;
            case "--type":
                Fault = value() is "merge" ? null : "only --type merge is supported";
                break;
            case "--show-blocks":
                ShowsBlocks = true;
                break;
            case "--ip":
                Address = value();
                break;
            case "--overwrite":
                Overwrites = true;
                break;
            case "--allow-version-mismatch" or "--skip-empty" or "--export" or "-it" or "-i" or "-t":
                break;
            default:
                Fault = $"unknown flag: {option}";
                break;
        }
    }
}
