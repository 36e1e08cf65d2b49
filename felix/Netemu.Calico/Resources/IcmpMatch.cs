namespace Netemu.Calico.Resources;

/// <summary>An ICMP type, and a code if not every code counts.</summary>
public readonly record struct IcmpMatch(byte Type, byte? Code)
{
    public bool Matches(int type, int code) => type == Type && (Code is null || code == Code);

    public override string ToString() => Code is null ? $"{Type}" : $"{Type}/{Code}";
}
