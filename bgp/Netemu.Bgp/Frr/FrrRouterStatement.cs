using System;
using System.Collections.Generic;
using System.Linq;

namespace Netemu.Bgp.Frr;

/// <summary>A line of "router bgp" or of one of its families: what it sets there, and the lines that say what is set.</summary>
/// <param name="words">What it begins with.</param>
/// <param name="read">Takes what stands behind the words; false for a line that is none here.</param>
/// <param name="write">What is set, in lines; none for the default.</param>
internal sealed class FrrRouterStatement(
    string words, Func<FrrScope, FrrWords, bool> read, Func<FrrScope, IEnumerable<string>> write) : FrrStatement(words)
{
    /// <summary>What a switch is without a line.</summary>
    public static readonly Func<FrrScope, bool> On = static _ => true;

    /// <inheritdoc cref="On"/>
    public static readonly Func<FrrScope, bool> Off = static _ => false;

    /// <inheritdoc cref="On"/>
    public static readonly Func<FrrScope, bool> InDatacenter = static scope => scope.IsDatacenter;

    public Func<FrrScope, FrrWords, bool> Read { get; } = read;

    public Func<FrrScope, IEnumerable<string>> Write { get; } = write;

    /// <summary>A line that sets, with "no" before it unsets, and is said where it differs from the default.</summary>
    /// <param name="words">What it begins with.</param>
    /// <param name="byDefault">What holds without it.</param>
    /// <param name="get">What is set; null for nothing.</param>
    /// <param name="set">Sets it.</param>
    /// <param name="alike">Words that may stand behind it and change nothing.</param>
    public static FrrRouterStatement Switch(
        string words, Func<FrrScope, bool> byDefault, Func<FrrRouter, bool?> get, Action<FrrRouter, bool> set, params string[] alike) => new(
            words,
            (scope, line) =>
            {
                _ = Array.Exists(alike, word => line.Take(word));
                set(scope.Router, !line.IsNegated);
                return true;
            },
            scope => get(scope.Router) is { } on && on != byDefault(scope) ? [on ? words : "no " + words] : []);

    /// <summary>A line with a value, which "no" makes what it is without a line.</summary>
    /// <param name="words">What it begins with.</param>
    /// <param name="read">Takes the value.</param>
    /// <param name="set">Sets it.</param>
    /// <param name="write">The value in words, "" for a line without; null for the default.</param>
    /// <param name="absent">What it is without a line.</param>
    public static FrrRouterStatement Value<T>(
        string words, Func<FrrWords, T> read, Action<FrrRouter, T> set, Func<FrrRouter, string?> write, T absent = default!) => new(
            words,
            (scope, line) =>
            {
                set(scope.Router, line.IsNegated ? line.Drop(absent)! : read(line));
                return true;
            },
            scope => write(scope.Router) is { } value ? [$"{words} {value}".TrimEnd()] : []);

    /// <summary>A line that makes no difference to what is announced or chosen here.</summary>
    public static FrrRouterStatement Neutral(string words) => new(
        words,
        (scope, line) => scope.Router.OtherLines.Note(line),
        scope => scope.Router.OtherLines.Where(line => Says(line, words)));

    /// <summary>A line that is taken with "no" before it only.</summary>
    public static FrrRouterStatement Never(string words) => new(words, (_, line) => line.IsNegated, _ => []);
}
