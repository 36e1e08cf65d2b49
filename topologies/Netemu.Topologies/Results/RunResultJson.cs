using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Encodings.Web;
using System.Text.Json;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Loading;

namespace Netemu.Topologies.Results;

/// <summary>Writes a result as one JSON document: the same result gives the same bytes. Times are seconds.</summary>
public static class RunResultJson
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(Stream stream, RunResult result)
    {
        using Utf8JsonWriter writer = new(stream, Options);
        Write(writer, result);
    }

    public static void Write(Utf8JsonWriter writer, RunResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("schema", RunResult.Schema);
        writer.WriteString("kind", nameof(RunResult));
        writer.WriteString("name", result.Name);
        writer.WriteNumber("seed", result.Seed);
        writer.WriteString("hash", result.Hash);
        WriteSeconds(writer, "virtualTime", result.VirtualTime.Nanoseconds);
        WriteSeconds(writer, "wallTime", result.WallTime.Nanoseconds);
        writer.WriteBoolean("converged", result.Converged);
        if (result.ConvergedAt is { } at)
        {
            WriteSeconds(writer, "convergedAt", at.Nanoseconds);
        }
        else
        {
            writer.WriteNull("convergedAt");
        }

        writer.WriteNumber("nodes", result.Nodes);
        writer.WriteNumber("namespaces", result.Namespaces);
        WriteFrames(writer, result.Frames);
        WriteBgp(writer, result.Bgp);
        WriteExpectations(writer, result.Expectations);
        WriteSteps(writer, result.Steps);
        WriteCaptures(writer, result.Captures);
        WriteChanges(writer, result.Changes);
        writer.WritePropertyName("warnings");
        DiagnosticJson.Write(writer, result.Warnings);
        writer.WriteEndObject();
    }

    /// <summary>Writes an observed value as the JSON value that fits it; durations are seconds, shares percent.</summary>
    public static void Write(Utf8JsonWriter writer, ObservedValue value)
    {
        switch (value)
        {
            case ObservedMapping mapping:
                writer.WriteStartObject();
                foreach ((string name, ObservedValue child) in mapping)
                {
                    writer.WritePropertyName(name);
                    Write(writer, child);
                }

                writer.WriteEndObject();
                break;

            case ObservedList list:
                writer.WriteStartArray();
                foreach (ObservedValue item in list)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;

            case ObservedText text:
                writer.WriteStringValue(text.Text);
                break;
            case ObservedNumber number:
                writer.WriteNumberValue(number.Number);
                break;
            case ObservedBoolean boolean:
                writer.WriteBooleanValue(boolean.Value);
                break;
            case ObservedDuration duration:
                writer.WriteRawValue(Decimals(duration.Time.Nanoseconds, NanosecondsPerSecond, digits: 9));
                break;
            case ObservedShare share:
                writer.WriteRawValue(Decimals(share.Share.PartsPerMillion, 10_000, digits: 4));
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    /// <summary>Only of a cluster that was changed: other results have no such key.</summary>
    private static void WriteChanges(Utf8JsonWriter writer, IReadOnlyList<ChangeRecord> changes)
    {
        if (changes.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("changes");
        foreach (ChangeRecord change in changes)
        {
            writer.WriteStartObject();
            WriteSeconds(writer, "at", change.At.Nanoseconds);
            writer.WriteStartArray("objects");
            foreach (string name in change.Objects)
            {
                writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
            WriteSeconds(writer, "convergence", change.Convergence.Nanoseconds);
            writer.WriteNumber("nodes", change.Nodes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteSeconds(Utf8JsonWriter writer, string name, long nanoseconds)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(Decimals(nanoseconds, NanosecondsPerSecond, digits: 9));
    }

    /// <summary>A fraction as exact decimal digits, without floating point.</summary>
    private static string Decimals(long value, long scale, int digits)
    {
        string sign = value < 0 ? "-" : string.Empty;
        UInt128 magnitude = (UInt128)Int128.Abs(value);
        string whole = (magnitude / (ulong)scale).ToString(CultureInfo.InvariantCulture);
        string fraction = ((ulong)(magnitude % (ulong)scale)).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0').TrimEnd('0');
        return fraction.Length == 0 ? $"{sign}{whole}" : $"{sign}{whole}.{fraction}";
    }

    private static void WriteFrames(Utf8JsonWriter writer, FrameTotals frames)
    {
        writer.WriteStartObject("frames");
        writer.WriteNumber("sent", frames.Sent);
        writer.WriteNumber("delivered", frames.Delivered);
        writer.WriteNumber("queued", frames.Queued);
        writer.WriteStartObject("dropped");
        List<KeyValuePair<string, long>> dropped = [.. frames.Dropped];
        dropped.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        foreach ((string reason, long count) in dropped)
        {
            writer.WriteNumber(reason, count);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteBgp(Utf8JsonWriter writer, BgpTotals bgp)
    {
        writer.WriteStartObject("bgp");
        writer.WriteNumber("sessions", bgp.Sessions);
        writer.WriteNumber("established", bgp.Established);
        writer.WriteNumber("updatesSent", bgp.UpdatesSent);
        writer.WriteNumber("updatesReceived", bgp.UpdatesReceived);
        writer.WriteNumber("routes", bgp.Routes);
        writer.WriteEndObject();
    }

    private static void WriteExpectations(Utf8JsonWriter writer, IReadOnlyList<ExpectationRecord> expectations)
    {
        writer.WriteStartArray("expectations");
        foreach (ExpectationRecord expectation in expectations)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index", expectation.Index);
            writer.WriteString("file", expectation.File);
            writer.WriteNumber("line", expectation.Line);
            writer.WriteString("text", expectation.Text);
            writer.WriteBoolean("passed", expectation.Passed);
            writer.WritePropertyName("observed");
            Write(writer, expectation.Observed);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteSteps(Utf8JsonWriter writer, IReadOnlyList<StepRecord> steps)
    {
        writer.WriteStartArray("steps");
        foreach (StepRecord step in steps)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index", step.Index);
            writer.WriteNumber("line", step.Line);
            writer.WriteString("kind", step.Kind);
            WriteSeconds(writer, "start", step.Start.Nanoseconds);
            WriteSeconds(writer, "end", step.End.Nanoseconds);
            writer.WritePropertyName("outcome");
            Write(writer, step.Outcome);
            writer.WriteStartArray("frames");
            foreach (FrameGroup frame in step.Frames)
            {
                writer.WriteStartObject();
                writer.WriteString("device", frame.Device);
                writer.WriteString("direction", frame.Inbound ? "in" : "out");
                writer.WriteNumber("count", frame.Count);
                writer.WriteString("line", frame.Line);
                writer.WriteString("hex", frame.Hex);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteCaptures(Utf8JsonWriter writer, IReadOnlyList<CaptureRecord> captures)
    {
        writer.WriteStartArray("captures");
        foreach (CaptureRecord capture in captures)
        {
            writer.WriteStartObject();
            writer.WriteString("file", capture.File);
            writer.WriteNumber("frames", capture.Frames);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
