using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Netemu.Engine.Programs.Http;

/// <summary>The head of an HTTP/1.1 message (RFC 9112 section 2.1): its start line and its fields, in order.</summary>
public sealed class HttpMessage
{
    public string StartLine { get; init; } = string.Empty;

    public IList<KeyValuePair<string, string>> Fields { get; } = [];

    /// <summary>The parts of the start line: method, target, version; or version, status, reason.</summary>
    public string[] Parts => StartLine.Split(' ', 3);

    /// <summary>The first field of that name, in any case; null for none.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (KeyValuePair<string, string> field in Fields)
            {
                if (field.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return field.Value;
                }
            }

            return null;
        }
    }

    /// <summary>True for a message whose body comes in chunks (RFC 9112 section 7.1).</summary>
    public bool IsChunked => this["Transfer-Encoding"] is { } coding && coding.Contains("chunked", StringComparison.OrdinalIgnoreCase);

    /// <summary>Content-Length; -1 where it is missing, -2 where it is no number.</summary>
    public long ContentLength => this["Content-Length"] is not { } text
        ? -1
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long length) ? length : -2;

    /// <summary>True if the connection ends with this message (RFC 9112 section 9.3).</summary>
    public bool EndsConnection =>
        this["Connection"] is { } connection
            ? connection.Contains("close", StringComparison.OrdinalIgnoreCase)
            : StartLine.Contains("HTTP/1.0", StringComparison.Ordinal);

    /// <summary>Reads a head without its empty line; null if it is none.</summary>
    public static HttpMessage? Parse(ReadOnlySpan<byte> head)
    {
        string[] lines = Encoding.Latin1.GetString(head).Split("\r\n");
        HttpMessage message = new() { StartLine = lines[0] };
        if (message.Parts.Length < 2)
        {
            return null;
        }

        for (int i = 1; i < lines.Length; i++)
        {
            int colon = lines[i].IndexOf(':');
            if (colon <= 0 || lines[i][colon - 1] is ' ' or '\t')
            {
                // RFC 9112 section 5.1: no space before the colon.
                return null;
            }

            message.Fields.Add(new(lines[i][..colon], lines[i][(colon + 1)..].Trim(' ', '\t')));
        }

        return message;
    }

    public HttpMessage With(string name, string value)
    {
        Fields.Add(new(name, value));
        return this;
    }

    /// <summary>The head as it goes on the wire.</summary>
    public byte[] ToBytes()
    {
        StringBuilder text = new();
        text.Append(StartLine).Append("\r\n");
        foreach (KeyValuePair<string, string> field in Fields)
        {
            text.Append(field.Key).Append(": ").Append(field.Value).Append("\r\n");
        }

        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
    }
}
