namespace Netemu.Calico.Evaluation;

/// <summary>The conditions of a rule, in the order in which they are asked: the reason why a rule did not match.</summary>
public enum RuleClause : byte
{
    /// <summary>Every clause holds: the rule matches.</summary>
    None,
    IPVersion,
    Protocol,
    Icmp,
    SourceNets,
    SourceNotNets,
    SourceSelector,
    SourceService,
    SourcePorts,
    DestinationNets,
    DestinationNotNets,
    DestinationSelector,
    DestinationService,
    DestinationPorts,
}
