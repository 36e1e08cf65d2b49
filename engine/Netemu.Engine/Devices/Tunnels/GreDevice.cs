using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Devices.Tunnels;

/// <summary>
/// Generic routing encapsulation (RFC 2784, RFC 2890; net/ipv4/ip_gre.c): bare IP packets of both families (gre), or
/// Ethernet frames (gretap).
/// </summary>
public sealed class GreDevice : IPTunnelDevice
{
    public const string FallbackName = "gre0";
    public const string TapFallbackName = "gretap0";

    private readonly bool _isTap;
    private uint _sent;
    private uint _expected;

    private GreDevice(NetworkNamespace space, string name, IPTunnelOptions options, bool isTap, bool isFallback)
        : base(
            space,
            name,
            isTap ? space.Node.NextMac() : default,
            options,
            isTap ? space.Tunnels.Gretap : space.Tunnels.Gre,
            GreHeader.SizeOf(options.OutputChecksum, options.OutputKey is not null, options.OutputSequence),
            isFallback,
            isTap)
    {
        _isTap = isTap;
    }

    public override string Kind => _isTap ? "gretap" : "gre";

    public override bool UsesNeighbours => _isTap;

    private protected override IPProtocol Protocol => IPProtocol.Gre;

    /// <summary>Makes a tunnel; null with EEXIST if there is one with these ends and key.</summary>
    public static GreDevice? Create(NetworkNamespace space, string name, IPTunnelOptions options, bool isTap, out Errno error)
    {
        error = Errno.None;
        bool endless = options.Remote.IsUnspecified && options.Local.IsUnspecified && options.InputKey is null;
        bool isFallback = endless && name == (isTap ? TapFallbackName : FallbackName);
        TunnelTable table = isTap ? space.Tunnels.Gretap : space.Tunnels.Gre;
        if (!isFallback && (endless || table.Exists(options)))
        {
            error = Errno.EEXIST;
            return null;
        }

        return new GreDevice(space, name, isFallback ? options with { PathMtuDiscovery = false } : options, isTap, isFallback);
    }

    private protected override bool Carries(ushort type) => _isTap || type is EtherType.IPv4 or EtherType.IPv6;

    private protected override ushort InnerType(in GreHeader gre) => gre.Protocol;

    private protected override int HeaderLengthOf(in GreHeader gre) => gre.Length;

    private protected override bool Accepts(in GreHeader gre, out DropReason reason)
    {
        reason = DropReason.TunnelChecksum;
        if (gre.HasChecksum != Options.InputChecksum || gre.ChecksumFails)
        {
            return false;
        }

        if (Options.InputSequence)
        {
            reason = DropReason.TunnelSequence;
            if (!gre.HasSequence || (_expected != 0 && (int)(gre.Sequence - _expected) < 0))
            {
                return false;
            }

            _expected = gre.Sequence + 1;
        }

        reason = DropReason.UnknownEtherType;
        return Carries(gre.Protocol);
    }

    private protected override bool TryFindRemote(Frame frame, ushort type, out IPv4Address remote)
    {
        remote = default;
        return !_isTap && base.TryFindRemote(frame, type, out remote);
    }

    private protected override void WriteHeader(Span<byte> bytes, ushort type) =>
        GreHeader.Write(
            bytes,
            _isTap ? EtherType.TransparentEthernet : type,
            Options.OutputChecksum,
            Options.OutputKey,
            Options.OutputSequence ? _sent++ : null);
}
