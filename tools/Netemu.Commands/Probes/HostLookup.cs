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
        if (InternetAddress.TryParse(host, out InternetAddress address))
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
