namespace Netemu.Calico.Resources;

/// <summary>What happens to a packet for a service address that no service answers for.</summary>
public enum ServiceLoopPrevention : byte
{
    Drop,
    Reject,
    Disabled,
}
