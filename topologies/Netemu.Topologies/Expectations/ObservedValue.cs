using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Expectations;

/// <summary>
/// What a step saw, as a tree of typed values: it is compared with the expectation and written into the result. Addresses,
/// numbers and texts convert implicitly.
/// </summary>
public abstract class ObservedValue
{
    private protected ObservedValue()
    {
    }

    public static implicit operator ObservedValue(string text) => new ObservedText(text);

    public static implicit operator ObservedValue(long number) => new ObservedNumber(number);

    public static implicit operator ObservedValue(bool value) => new ObservedBoolean(value);

    public static implicit operator ObservedValue(Duration duration) => new ObservedDuration(duration);

    public static implicit operator ObservedValue(InternetAddress address) => new ObservedText(address.ToString());

    public static implicit operator ObservedValue(InternetPrefix prefix) => new ObservedText(prefix.ToString());

    public static implicit operator ObservedValue(MacAddress mac) => new ObservedText(mac.ToString());

    public static implicit operator ObservedValue(Probability share) => new ObservedShare(share);

    /// <summary>The value in flow style, as messages show it.</summary>
    public sealed override string ToString() => ValueText.Render(this);
}
