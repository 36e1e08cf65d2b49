namespace Netemu.Calico.Ipam;

/// <summary>One complaint: about an address, a block or a handle, and whom it concerns.</summary>
public sealed record IpamFinding(IpamFindingKind Kind, string Subject, string Detail)
{
    public override string ToString() => $"{Kind}: {Subject} ({Detail})";
}
