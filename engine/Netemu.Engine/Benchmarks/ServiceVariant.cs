namespace Netemu.Engine.Benchmarks;

/// <summary>How a node turns the address of a service into that of a backend.</summary>
public enum ServiceVariant
{
    /// <summary>Not at all: the same router without.</summary>
    None,

    /// <summary>kube-proxy's iptables mode: a rule for each service, a chain for each service and each backend.</summary>
    Chains,

    /// <summary>One rule that computes the backend (NETMAP), however many services there are: a map at its best.</summary>
    Map,
}
