using System.Security.Cryptography;
using System.Text;
using Netemu.Calico.Resources;

namespace Netemu.Felix.Proxy;

/// <summary>kube-proxy's chain names: a prefix and 16 characters of base 32 of the SHA-256 of what the chain is for.</summary>
public static class ProxyNames
{
    public const string Services = "KUBE-SERVICES";
    public const string NodePorts = "KUBE-NODEPORTS";
    public const string Postrouting = "KUBE-POSTROUTING";
    public const string MarkMasquerade = "KUBE-MARK-MASQ";
    public const string Forward = "KUBE-FORWARD";
    public const string ExternalServices = "KUBE-EXTERNAL-SERVICES";

    public const string Firewall = "KUBE-PROXY-FIREWALL";

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>namespace/name:port, without the colon for a port without a name.</summary>
    public static string PortName(Service service, ServicePort port) =>
        port.Name.Length == 0 ? $"{service.Namespace}/{service.Name}" : $"{service.Namespace}/{service.Name}:{port.Name}";

    /// <summary>All ready endpoints of a port.</summary>
    public static string Service(string portName, IPProtocol protocol) => "KUBE-SVC-" + Digest(portName + Word(protocol));

    /// <summary>The ready endpoints on this node.</summary>
    public static string Local(string portName, IPProtocol protocol) => "KUBE-SVL-" + Digest(portName + Word(protocol));

    /// <summary>What comes from outside, by node port, external or load balancer address.</summary>
    public static string External(string portName, IPProtocol protocol) => "KUBE-EXT-" + Digest(portName + Word(protocol));

    /// <summary>What comes by a load balancer address that not everybody may come by.</summary>
    public static string LoadBalancer(string portName, IPProtocol protocol) => "KUBE-FW-" + Digest(portName + Word(protocol));

    /// <summary>One endpoint, "address:port".</summary>
    public static string Endpoint(string portName, IPProtocol protocol, string endpoint) =>
        "KUBE-SEP-" + Digest(portName + Word(protocol) + endpoint);

    private static string Word(IPProtocol protocol) => protocol.ToString().ToLowerInvariant();

    /// <summary>The first 80 bits in base 32 (RFC 4648).</summary>
    private static string Digest(string content)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(content));
        char[] text = new char[16];
        for (int i = 0; i < text.Length; i++)
        {
            int bit = i * 5;
            int window = (hash[bit / 8] << 8) | hash[(bit / 8) + 1];
            text[i] = Alphabet[(window >> (11 - (bit % 8))) & 31];
        }

        return new string(text);
    }
}
