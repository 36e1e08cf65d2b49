using System;
using System.Collections.Generic;
using System.Text;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Namespaces;

/// <summary>/etc/resolv.conf and /etc/hosts of a namespace: the text as it was written, and what it means.</summary>
public sealed class NameSettings
{
    private readonly List<InternetAddress> _servers = [];
    private readonly List<(InternetAddress Address, string Name)> _hosts = [];
    private readonly IReadOnlyList<KeyValuePair<string, InternetAddress>> _neighbours;
    private string _search = string.Empty;

    internal NameSettings(IReadOnlyList<KeyValuePair<string, InternetAddress>> neighbours)
    {
        _neighbours = neighbours;
        HostsText = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";
        ReadHosts();
    }

    /// <summary>The name servers, in the order in which they are asked.</summary>
    public IReadOnlyList<InternetAddress> Servers => _servers;

    public string ResolvText { get; private set; } = string.Empty;

    public string HostsText { get; private set; }

    /// <summary>Writes /etc/resolv.conf.</summary>
    public void WriteResolv(string text)
    {
        ResolvText = text;
        _servers.Clear();
        _search = string.Empty;
        foreach (string[] words in Lines(text))
        {
            if (words[0] == "nameserver" && words.Length > 1 && InternetAddress.TryParse(words[1], out InternetAddress server))
            {
                _servers.Add(server);
            }
            else if (words[0] is "search" or "domain" && words.Length > 1)
            {
                _search = words[1].TrimEnd('.');
            }
        }
    }

    /// <summary>Writes /etc/hosts.</summary>
    public void WriteHosts(string text)
    {
        HostsText = text;
        ReadHosts();
    }

    /// <summary>Sets the name servers, as a file of the topology does.</summary>
    public void SetServers(IEnumerable<InternetAddress> servers)
    {
        StringBuilder text = new();
        foreach (InternetAddress server in servers)
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }

        WriteResolv(text.ToString());
    }

    /// <summary>The first address of a name in /etc/hosts, then among the run's machines; none if it is not there.</summary>
    public InternetAddress FindHost(string name, AddressFamily? family, Func<AddressFamily, bool> reachable)
    {
        foreach ((InternetAddress address, string known) in _hosts)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase) && Fits(address))
            {
                return address;
            }
        }

        foreach (KeyValuePair<string, InternetAddress> neighbour in _neighbours)
        {
            if (neighbour.Key.Equals(name, StringComparison.OrdinalIgnoreCase) && Fits(neighbour.Value))
            {
                return neighbour.Value;
            }
        }

        return default;

        bool Fits(InternetAddress address) => family is null ? reachable(address.Family) : address.Family == family;
    }

    /// <summary>A name without a dot gets the search domain (ndots:1).</summary>
    public string Qualify(string name) =>
        _search.Length == 0 || name.Contains('.', StringComparison.Ordinal) ? name : $"{name}.{_search}";

    private static IEnumerable<string[]> Lines(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split('#')[0].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0)
            {
                yield return words;
            }
        }
    }

    private void ReadHosts()
    {
        _hosts.Clear();
        foreach (string[] words in Lines(HostsText))
        {
            if (!InternetAddress.TryParse(words[0], out InternetAddress address))
            {
                continue;
            }

            for (int i = 1; i < words.Length; i++)
            {
                _hosts.Add((address, words[i]));
            }
        }
    }
}
