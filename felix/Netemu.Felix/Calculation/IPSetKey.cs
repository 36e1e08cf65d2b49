using System;
using System.Security.Cryptography;
using System.Text;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Calculation;

/// <summary>
/// What an IP set stands for: the addresses of a selector, its endpoints' ports of one name, or a service's endpoints. The
/// id is a prefix by sort and a digest of the content, as in Calico (which digests with SHA-224, and we with SHA-256), so
/// that equal contents share one set.
/// </summary>
internal sealed record IPSetKey
{
    public IPSetKey(Selector selector)
    {
        Selector = selector;
        Id = "s:" + Digest(selector.ToString());
    }

    public IPSetKey(Selector selector, string port, IPProtocol protocol)
    {
        Selector = selector;
        PortName = port;
        Protocol = protocol;
        Id = "n:" + Digest($"{selector},{protocol},{port}");
    }

    public IPSetKey(ResourceKey service, bool withPorts)
    {
        Service = service;
        Type = withPorts ? IPSetType.IPAndPort : IPSetType.Net;
        Id = (withPorts ? "svc:" : "svcnoport:") + Digest($"{service.Namespace}/{service.Name}");
    }

    public string Id { get; }

    public Selector? Selector { get; }

    public string? PortName { get; }

    public IPProtocol Protocol { get; }

    public ResourceKey? Service { get; }

    public IPSetType Type
    {
        get => PortName is not null ? IPSetType.IPAndPort : field;
        private init;
    }

    /// <summary>Equal contents have equal ids.</summary>
    public bool Equals(IPSetKey? other) => other is not null && Id == other.Id;

    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);

    private static string Digest(string content) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))
            .TrimEnd('=').Replace('+', '-').Replace('/', '_')[..38];
}
