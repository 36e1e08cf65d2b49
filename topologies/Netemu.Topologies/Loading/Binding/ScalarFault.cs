namespace Netemu.Topologies.Loading.Binding;

/// <summary>Why a text is not the value that is wanted.</summary>
internal sealed record ScalarFault(string Code, string? Hint)
{
    public static ScalarFault Plain { get; } = new(LoaderCode.BadValue, null);

    public static ScalarFault WithHint(string hint) => new(LoaderCode.BadValue, hint);
}
