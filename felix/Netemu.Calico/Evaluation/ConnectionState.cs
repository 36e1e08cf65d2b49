namespace Netemu.Calico.Evaluation;

/// <summary>What connection tracking says of a packet.</summary>
public enum ConnectionState : byte
{
    New,
    Established,
    Related,
    Invalid,
}
