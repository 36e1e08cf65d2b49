using System.Collections.Immutable;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Probes;

/// <summary>ping of iputils 20221126, in virtual time.</summary>
public sealed class PingCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["ping", "ping6"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(PingArguments.Table);

    public CommandJob Start(CommandInvocation invocation)
    {
        NetworkNamespace space = invocation.Namespace;
        PingArguments arguments = PingArguments.Parse(invocation.Name, invocation.Arguments, Grammar);
        arguments.ResolveInterface(space);
        if (arguments.Error is not null)
        {
            return CommandJob.Completed(arguments.Error);
        }

        string host = arguments.Host;
        NetDevice? zone = null;
        int percent = host.IndexOf('%');
        if (percent > 0)
        {
            zone = space.FindDevice(host[(percent + 1)..]);
            host = host[..percent];
        }

        return HostLookup.Then(space, host, arguments.Family, address => Start(space, arguments, address, zone));
    }

    private static CommandJob Start(NetworkNamespace space, PingArguments arguments, InternetAddress destination, NetDevice? zone)
    {
        if (destination.IsNone)
        {
            return Fail($"{arguments.Host}: {HostLookup.Failure(space)}");
        }

        if (arguments.Family is { } family && family != destination.Family)
        {
            return Fail($"{arguments.Host}: Address family for hostname not supported");
        }

        PingOptions options = zone is null ? arguments.Options : arguments.Options with { Device = arguments.Options.Device ?? zone };
        (Errno error, InternetAddress source, RouteType type) = Route(space, destination, options);
        if (((error == Errno.EACCES && destination.IsIPv4) || type == RouteType.Broadcast) && !arguments.IsBroadcastAllowed)
        {
            return Fail("Do you want to ping broadcast? Then -b. If not, check your local firewall rules");
        }

        if (error != Errno.None)
        {
            return Fail($"connect: {RtnetlinkError.Describe(error)}");
        }

        if (destination == default(IPv4Address))
        {
            // 0.0.0.0 is this host: the address that the socket has found for itself.
            destination = source;
        }

        PingJob job = new(space, destination, options, arguments, source, type == RouteType.Broadcast);
        job.Begin();
        return job;
    }

    /// <summary>What connect() on a probe socket finds out before the first packet.</summary>
    private static (Errno Error, InternetAddress Source, RouteType Type) Route(
        NetworkNamespace space, InternetAddress destination, PingOptions options)
    {
        if (destination.IsIPv4)
        {
            OutputRoute<IPv4Address> v4 = space.IPv4.RouteOutput(
                destination.IPv4, options.Source.IsIPv4 ? options.Source.IPv4 : default, options.Device, options.Mark);
            return (v4.Error, v4.Source, v4.Type);
        }

        OutputRoute<IPv6Address> v6 = space.IPv6.RouteOutput(
            destination.IPv6, options.Source.IsIPv6 ? options.Source.IPv6 : default, options.Device, options.Mark);
        return (v6.Error, v6.Source, v6.Type);
    }

    private static CommandJob Fail(string message) => CommandJob.Completed(CommandResult.Failure(2, $"ping: {message}"));
}
