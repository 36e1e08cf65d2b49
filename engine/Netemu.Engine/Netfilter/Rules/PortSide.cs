namespace Netemu.Engine.Netfilter.Rules;

/// <summary>Which port a multiport match looks at.</summary>
public enum PortSide : byte
{
    Source,
    Destination,
    Either,
}
