using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;

namespace Netemu.Felix.Rendering;

/// <summary>The conditions of an iptables rule; all that are given must hold.</summary>
public sealed record RuleMatch
{
    /// <summary>Matches every packet.</summary>
    public static RuleMatch Any { get; } = new();

    /// <summary>A device name, or a prefix with '+'.</summary>
    public string? InInterface { get; init; }

    public string? OutInterface { get; init; }

    public IPProtocol? Protocol { get; init; }

    public IPProtocol? NotProtocol { get; init; }

    public IReadOnlyList<NetMatch> Nets { get; init; } = [];

    public IReadOnlyList<SetMatch> Sets { get; init; } = [];

    public IReadOnlyList<PortsMatch> Ports { get; init; } = [];

    public IcmpMatch? Icmp { get; init; }

    public IcmpMatch? NotIcmp { get; init; }

    public MarkMatch? Mark { get; init; }

    /// <summary>Any of these states.</summary>
    public ConntrackStates States { get; init; }

    public bool IsStatesNegated { get; init; }

    /// <summary>-m addrtype --dst-type LOCAL</summary>
    public bool IsDestinationLocal { get; init; }

    /// <summary>-m addrtype ! --src-type LOCAL --limit-iface-out: the source is no address of the outgoing device.</summary>
    public bool IsSourceForeignToOutDevice { get; init; }

    /// <summary>-m rpfilter --validmark --invert: the reverse path does not lead back to the incoming device.</summary>
    public bool FailsReversePath { get; init; }

    /// <summary>In iptables-save's notation.</summary>
    public override string ToString()
    {
        List<string> words = [];
        Add(InInterface is null ? null : $"-i {InInterface}");
        Add(OutInterface is null ? null : $"-o {OutInterface}");
        Add(Protocol is { } protocol ? $"-p {Word(protocol)}" : null);
        Add(NotProtocol is { } notProtocol ? $"! -p {Word(notProtocol)}" : null);
        words.AddRange(Nets.Select(net => net.ToString()));
        words.AddRange(Sets.Select(set => set.ToString()));
        words.AddRange(Ports.Select(ports => ports.ToString()));
        string icmpOption = Protocol == IPProtocol.IcmpV6 ? "-m icmp6" : "-m icmp";
        string typeOption = Protocol == IPProtocol.IcmpV6 ? "--icmpv6-type" : "--icmp-type";
        Add(Icmp is { } icmp ? $"{icmpOption} {typeOption} {icmp}" : null);
        Add(NotIcmp is { } notIcmp ? $"{icmpOption} ! {typeOption} {notIcmp}" : null);
        Add(Mark?.ToString());
        Add(States == ConntrackStates.None ? null : $"-m conntrack {(IsStatesNegated ? "! " : string.Empty)}--ctstate {StateWords()}");
        Add(IsDestinationLocal ? "-m addrtype --dst-type LOCAL" : null);
        Add(IsSourceForeignToOutDevice ? "-m addrtype ! --src-type LOCAL --limit-iface-out" : null);
        Add(FailsReversePath ? "-m rpfilter --validmark --invert" : null);
        return string.Join(" ", words);

        void Add(string? text)
        {
            if (text is not null)
            {
                words.Add(text);
            }
        }
    }

    private static string Word(IPProtocol protocol) =>
        protocol == IPProtocol.IcmpV6 ? "ipv6-icmp" : protocol.ToString().ToLowerInvariant();

    /// <summary>The kernel lists them in the order of their bits, established before related.</summary>
    private string StateWords() => string.Join(",", Enum.GetValues<ConntrackStates>()
        .Where(state => state != ConntrackStates.None && States.HasFlag(state))
        .OrderBy(state => state == ConntrackStates.Related ? 3 : (int)state * 2)
        .Select(state => state.ToString().ToUpperInvariant()));
}
