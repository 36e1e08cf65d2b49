using Netemu.Core.Addresses;

namespace Netemu.Commands.Ip;

/// <summary>The options before the object: what to show and how.</summary>
public sealed record IpOptions
{
    /// <summary>-4 or -6; null for both or the object's default.</summary>
    public AddressFamily? Family { get; init; }

    /// <summary>-0: what is below IP only.</summary>
    public bool LinkOnly { get; init; }

    /// <summary>-all: every namespace of the node (`ip netns`).</summary>
    public bool All { get; init; }

    public bool Brief { get; init; }

    public bool Details { get; init; }

    /// <summary>How often -s was given.</summary>
    public int Statistics { get; init; }

    public bool Json { get; init; }

    public bool Pretty { get; init; }

    public bool OneLine { get; init; }

    /// <summary>What iproute2 puts where a record goes on in a new line (_SL_).</summary>
    public string LineBreak => OneLine ? "\\" : "\n";

    public bool WantsIPv4 => !LinkOnly && Family is not AddressFamily.IPv6;

    public bool WantsIPv6 => !LinkOnly && Family is not AddressFamily.IPv4;

    public IpPrinter CreatePrinter() => new(Json, Pretty);
}
