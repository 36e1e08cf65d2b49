using Netemu.Core.Addresses;

namespace Netemu.Felix.Rendering;

/// <summary>The target of an iptables rule with the parameters that its kind has.</summary>
public sealed record RuleTarget(TargetKind Kind)
{
    public static RuleTarget Accept { get; } = new(TargetKind.Accept);

    public static RuleTarget Drop { get; } = new(TargetKind.Drop);

    public static RuleTarget Reject { get; } = new(TargetKind.Reject);

    public static RuleTarget Return { get; } = new(TargetKind.Return);

    public static RuleTarget NoTrack { get; } = new(TargetKind.NoTrack);

    public static RuleTarget Masquerade { get; } = new(TargetKind.Masquerade);

    /// <summary>The chain of a jump or goto.</summary>
    public string? Chain { get; init; }

    public uint MarkValue { get; init; }

    public uint MarkMask { get; init; }

    public string? LogPrefix { get; init; }

    /// <summary>The new address of DNAT or SNAT.</summary>
    public InternetAddress? Address { get; init; }

    public static RuleTarget Jump(string chain) => new(TargetKind.Jump) { Chain = chain };

    public static RuleTarget Goto(string chain) => new(TargetKind.Goto) { Chain = chain };

    public static RuleTarget SetMark(uint bits) => new(TargetKind.Mark) { MarkValue = bits, MarkMask = bits };

    public static RuleTarget ClearMark(uint bits) => new(TargetKind.Mark) { MarkMask = bits };

    /// <summary>Sets some of the mask's bits and clears the others.</summary>
    public static RuleTarget WriteMark(uint bits, uint mask) => new(TargetKind.Mark) { MarkValue = bits, MarkMask = mask };

    public static RuleTarget Log(string prefix) => new(TargetKind.Log) { LogPrefix = prefix };

    public static RuleTarget Dnat(InternetAddress address) => new(TargetKind.Dnat) { Address = address };

    public static RuleTarget Snat(InternetAddress address) => new(TargetKind.Snat) { Address = address };

    /// <summary>In iptables-save's notation.</summary>
    public override string ToString() => Kind switch
    {
        TargetKind.Jump => $"-j {Chain}",
        TargetKind.Goto => $"-g {Chain}",
        TargetKind.Mark => $"-j MARK --set-xmark 0x{MarkValue:x}/0x{MarkMask:x}",
        TargetKind.Log => $"-j LOG --log-prefix \"{LogPrefix}\" --log-level 5",
        TargetKind.NoTrack => "-j CT --notrack",
        TargetKind.Dnat => $"-j DNAT --to-destination {Address}",
        TargetKind.Snat => $"-j SNAT --to-source {Address}",
        _ => $"-j {Kind.ToString().ToUpperInvariant()}",
    };
}
