namespace Netemu.Engine.Netfilter;

/// <summary>Why a table was refused, and where: the table in force stays as it was.</summary>
public sealed record TableError(TableErrorReason Reason, string Chain, int Number, string Detail)
{
    public override string ToString() => $"{Chain} rule {Number}: {Reason} {Detail}";
}
