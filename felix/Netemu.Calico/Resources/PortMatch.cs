using System.Globalization;

namespace Netemu.Calico.Resources;

/// <summary>A port in a rule: a number, an inclusive range, or the name of an endpoint's port.</summary>
public readonly record struct PortMatch(ushort First, ushort Last, string? Name = null)
{
    public PortMatch(string name)
        : this(0, 0, name)
    {
    }

    public bool IsNamed => Name is not null;

    public bool Contains(int port) => !IsNamed && port >= First && port <= Last;

    /// <summary>Reads "80", "8000:9000" or a name.</summary>
    public static bool TryParse(string text, out PortMatch match)
    {
        match = default;
        int colon = text.IndexOf(':');
        string first = colon < 0 ? text : text[..colon];
        string last = colon < 0 ? text : text[(colon + 1)..];
        if (ushort.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out ushort low)
            && ushort.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out ushort high))
        {
            match = new PortMatch(low, high);
            return low <= high;
        }

        match = new PortMatch(text);
        return IsName(text);
    }

    public override string ToString() => Name ?? (First == Last ? $"{First}" : $"{First}:{Last}");

    /// <summary>Letters, digits, '_', '.', '-', and not digits alone (Kubernetes allows less, Calico's host endpoints this).</summary>
    private static bool IsName(string text)
    {
        bool hasLetter = false;
        foreach (char c in text)
        {
            hasLetter |= char.IsAsciiLetter(c);
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
            {
                return false;
            }
        }

        return hasLetter && text.Length <= 128;
    }
}
