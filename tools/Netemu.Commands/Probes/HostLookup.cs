using System;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Processes;
using Netemu.Engine.Programs.Dns;

namespace Netemu.Commands.Probes;

/// <summary>
/// What getaddrinfo does before a probe starts: an address as it stands, a name of the hosts file or of a machine of the run at once, any
/// other name by the name servers, in virtual time.
/// </summary>
internal sealed class HostLookup : CommandJob, IProgram
{
    private readonly string _host;
    private readonly AddressFamily? _family;
    private readonly Func<InternetAddress, CommandJob> _start;
    private Process? _process;
    private CommandJob? _probe;

    private HostLookup(string host, AddressFamily? family, Func<InternetAddress, CommandJob> start) =>
        (_host, _family, _start) = (host, family, start);

    /// <summary>Starts what is to be done with the address of a host; with none if the name is not known.</summary>
    public static CommandJob Then(NetworkNamespace space, string host, AddressFamily? family, Func<InternetAddress, CommandJob> start)
    {
        if (TryParse(host, out InternetAddress address))
        {
            return start(address);
        }

        // getaddrinfo prefers what the namespace can reach, but ::1 is no reason for IPv6.
        InternetAddress known = space.Names.FindHost(host, family, f => f == AddressFamily.IPv4 || space.HasAddressOf(f));
        if (!known.IsNone || space.Names.Servers.Count == 0)
        {
            return start(known);
        }

        HostLookup lookup = new(host, family, start);
        lookup._process = space.Node.Processes.Start(space, "getaddrinfo", lookup);
        return lookup;
    }

    /// <summary>Reads an address as getaddrinfo does: an IPv4 address also in the old forms of inet_aton.</summary>
    public static bool TryParse(string host, out InternetAddress address)
    {
        if (InternetAddress.TryParse(host, out address))
        {
            return true;
        }

        bool isOld = TryParseOldForm(host, out IPv4Address old);
        address = isOld ? old : default(InternetAddress);
        return isOld;
    }

    /// <summary>
    /// inet_aton(3): one to four numbers, each decimal, octal after 0 or hexadecimal after 0x; the last takes the bytes that the others
    /// leave. "127.1" is 127.0.0.1, "0" 0.0.0.0.
    /// </summary>
    private static bool TryParseOldForm(string host, out IPv4Address address)
    {
        address = default;
        string[] parts = host.Split('.');
        if (parts.Length > 4)
        {
            return false;
        }

        uint value = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            int bits = i == parts.Length - 1 ? 32 - (8 * i) : 8;
            if (!TryParseNumber(parts[i], out ulong number) || number >> bits != 0)
            {
                return false;
            }

            value |= (uint)(number << (24 - (8 * i) - (bits - 8)));
        }

        address = new IPv4Address(value);
        return true;
    }

    private static bool TryParseNumber(string text, out ulong number)
    {
        number = 0;
        bool isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        uint radix = isHex ? 16u : text.StartsWith('0') ? 8u : 10u;
        foreach (char digit in isHex ? text.AsSpan(2) : text)
        {
            if (!char.IsAsciiHexDigit(digit) || Convert.ToUInt32(digit.ToString(), 16) >= radix || number > uint.MaxValue)
            {
                return false;
            }

            number = (number * radix) + Convert.ToUInt32(digit.ToString(), 16);
        }

        return text.Length > (isHex ? 2 : 0);
    }

    /// <summary>Why a name has no address (gai_strerror): nobody to ask, or nobody knows it.</summary>
    public static string Failure(NetworkNamespace space) =>
        space.Names.Servers.Count == 0 ? "Temporary failure in name resolution" : "Name or service not known";

    public async ProcessTask<int> RunAsync(Process process)
    {
        _probe = _start(await StubResolver.ResolveAsync(process, _host, _family));
        _probe.WhenCompleted(ended => Complete(ended.Result!));
        return 0;
    }

    public override void Interrupt()
    {
        if (_probe is not null)
        {
            _probe.Interrupt();
            return;
        }

        _process?.Exit(130);
        Complete(new CommandResult(130, string.Empty, string.Empty));
    }
}
