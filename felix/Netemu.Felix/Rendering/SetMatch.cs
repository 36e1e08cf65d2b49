namespace Netemu.Felix.Rendering;

/// <summary>`-m set [!] --match-set NAME DIRECTION`.</summary>
public readonly record struct SetMatch(string Name, SetDirection Direction, bool IsNegated = false)
{
    public override string ToString()
    {
        string direction = Direction switch
        {
            SetDirection.Source => "src",
            SetDirection.Destination => "dst",
            SetDirection.SourceAndPort => "src,src",
            _ => "dst,dst",
        };
        return $"-m set {(IsNegated ? "! " : string.Empty)}--match-set {Name} {direction}";
    }
}
