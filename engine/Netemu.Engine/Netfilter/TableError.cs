namespace Netemu.Engine.Netfilter;

/// <summary>Why a table was refused, and where: the table in force stays as it was.</summary>
public sealed record TableError(TableErrorReason Reason, string Chain, int Number, string Detail)
{
    public override string ToString() => Number == 0 ? Text : $"rule {Number} of {Chain}: {Text}";

    private string Text => Reason switch
    {
        TableErrorReason.DuplicateChain => $"chain {Detail} stands twice",
        TableErrorReason.UnknownChain => $"there is no chain {Detail}",
        TableErrorReason.JumpToBaseChain => $"no rule can jump to {Detail}",
        TableErrorReason.Loop => $"the jumps from {Detail} lead back to it",
        TableErrorReason.UnknownSet => $"there is no set {Detail}",
        TableErrorReason.WrongFamily => $"{Detail} is of the other family",
        TableErrorReason.WrongDimension => $"set {Detail} has another number of dimensions",
        TableErrorReason.WrongTable => $"{Detail} is no target of this table",
        TableErrorReason.WrongHook => $"its target cannot stand where packets come from {Detail}",
        TableErrorReason.TooManyPorts => $"too many ports: {Detail}",
        _ => $"{Detail} needs -p tcp",
    };
}
