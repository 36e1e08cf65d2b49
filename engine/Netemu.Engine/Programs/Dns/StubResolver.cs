using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Processes;

namespace Netemu.Engine.Programs.Dns;

/// <summary>
/// getaddrinfo of a namespace: an address as it stands, then its hosts file, then its name servers in turn, with
/// glibc's five seconds and two attempts (resolv.conf(5)).
/// </summary>
public static class StubResolver
{
    /// <summary>The address of a host; none if the name is not known. A family asks for addresses of that one only.</summary>
    public static async ProcessTask<InternetAddress> ResolveAsync(Process process, string host, AddressFamily? family = null)
    {
        if (InternetAddress.TryParse(host.Trim('[', ']'), out InternetAddress literal))
        {
            return family is null || literal.Family == family ? literal : default;
        }

        NameSettings names = process.Namespace.Names;
        InternetAddress known = names.FindHost(host, family, process.Namespace.HasAddressOf);
        if (!known.IsNone)
        {
            return known;
        }

        for (int attempt = 0; attempt < 2; attempt++)
        {
            foreach (InternetAddress server in names.Servers)
            {
                bool asked = false;
                foreach (DnsType type in Types(process.Namespace, family))
                {
                    DnsQuery query = new(process, server, DnsServer.WellKnownPort, names.Qualify(host), type) { Timeout = Duration.FromSeconds(5) };
                    await query.RunAsync();
                    asked |= query.Answer is { ResponseCode: DnsResponseCode.NOERROR or DnsResponseCode.NXDOMAIN };
                    foreach (DnsRecord record in query.Answer?.Answers ?? [])
                    {
                        if (record.Type == type)
                        {
                            return record.Address;
                        }
                    }
                }

                if (asked)
                {
                    return default;
                }
            }
        }

        return default;
    }

    /// <summary>RFC 6724 in short: IPv6 first where the namespace has an address of it beyond the link.</summary>
    private static DnsType[] Types(NetworkNamespace space, AddressFamily? family) => family switch
    {
        AddressFamily.IPv4 => [DnsType.A],
        AddressFamily.IPv6 => [DnsType.AAAA],
        _ when !space.HasAddressOf(AddressFamily.IPv6) => [DnsType.A],
        _ when !space.HasAddressOf(AddressFamily.IPv4) => [DnsType.AAAA],
        _ => [DnsType.AAAA, DnsType.A],
    };
}
