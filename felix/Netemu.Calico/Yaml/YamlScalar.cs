using System;
using System.Globalization;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Yaml;

/// <summary>
/// A scalar with its text and style. Its type is decided by who reads it, with the rules of YAML's core schema
/// (1.2 section 10.3): a quoted scalar is a string, a plain one may be null, a boolean or a number.
/// </summary>
public sealed class YamlScalar : YamlNode
{
    public YamlScalar(string value, YamlScalarStyle style, SourceRange range)
        : base(range, height: 1, expandedSize: 1)
    {
        Value = value;
        Style = style;
    }

    public string Value { get; }

    public YamlScalarStyle Style { get; }

    public bool IsPlain => Style == YamlScalarStyle.Plain;

    /// <summary>Null in the core schema: empty, <c>~</c> or <c>null</c>, unquoted.</summary>
    public bool IsNull => IsPlain && Value is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>Whether the scalar is a word that YAML 1.1 took for a boolean and YAML 1.2 does not.</summary>
    public bool IsLegacyBoolean =>
        IsPlain && Value.Length is > 0 and <= 3
        && Value.ToLowerInvariant() is "y" or "n" or "yes" or "no" or "on" or "off";

    public override string KindName => IsNull ? "nothing" : "a scalar";

    /// <summary>A plain <c>true</c> or <c>false</c>; nothing else is a boolean.</summary>
    public bool TryGetBoolean(out bool value)
    {
        value = Value is "true" or "True" or "TRUE";
        return IsPlain && (value || Value is "false" or "False" or "FALSE");
    }

    /// <summary>A plain decimal, 0x or 0o integer of the core schema.</summary>
    public bool TryGetInteger(out long value)
    {
        value = 0;
        if (!IsPlain || Value.Length == 0)
        {
            return false;
        }

        if (Value.StartsWith("0x", StringComparison.Ordinal))
        {
            return long.TryParse(Value.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
                && value >= 0;
        }

        return Value.StartsWith("0o", StringComparison.Ordinal)
            ? TryGetOctal(out value)
            : long.TryParse(Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    public override string ToString() => Value;

    private bool TryGetOctal(out long value)
    {
        value = 0;
        foreach (char c in Value.AsSpan(2))
        {
            if (c is < '0' or > '7' || value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (uint)(c - '0');
        }

        return Value.Length > 2;
    }
}
