using Netemu.Core.Addresses;

namespace Netemu.Felix.Proxy;

/// <summary>A ready endpoint of a service port.</summary>
internal readonly record struct ProxyEndpoint(InternetAddress Address, ushort Port, bool IsLocal)
{
    public override string ToString() => Address.IsIPv6 ? $"[{Address}]:{Port}" : $"{Address}:{Port}";
}
