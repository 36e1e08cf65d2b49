namespace Netemu.Topologies.Expectations;

/// <summary>A word, an address, a line of output.</summary>
public sealed class ObservedText(string value) : ObservedValue
{
    public string Text { get; } = value;
}
