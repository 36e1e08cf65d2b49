using System;
using System.Globalization;

namespace Netemu.Bgp.Attributes;

/// <summary>A large community (RFC 8092): the administrator's AS and two values of its own.</summary>
public readonly record struct LargeCommunity(uint GlobalAdministrator, uint Data1, uint Data2) : IComparable<LargeCommunity>
{
    public const int Size = 12;

    public int CompareTo(LargeCommunity other)
    {
        int order = GlobalAdministrator.CompareTo(other.GlobalAdministrator);
        order = order != 0 ? order : Data1.CompareTo(other.Data1);
        return order != 0 ? order : Data2.CompareTo(other.Data2);
    }

    public static bool TryParse(string text, out LargeCommunity community)
    {
        string[] parts = text.Split(':');
        uint[] values = new uint[3];
        community = default;
        if (parts.Length != values.Length)
        {
            return false;
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!uint.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out values[i]))
            {
                return false;
            }
        }

        community = new LargeCommunity(values[0], values[1], values[2]);
        return true;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{GlobalAdministrator}:{Data1}:{Data2}");
}
