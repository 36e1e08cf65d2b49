using System.Collections.Immutable;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Probes;

/// <summary>traceroute by UDP or, with -I, by ICMP echo, in virtual time.</summary>
public sealed class TracerouteCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["traceroute", "traceroute6"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(TracerouteArguments.Table);

    public CommandJob Start(CommandInvocation invocation)
    {
        NetworkNamespace space = invocation.Namespace;
        TracerouteArguments arguments = TracerouteArguments.Parse(space, invocation.Arguments, Grammar);
        if (arguments.Error is not null)
        {
            return CommandJob.Completed(arguments.Error);
        }

        return HostLookup.Then(space, arguments.Host, arguments.Family, address => Start(space, arguments, address));
    }

    private static CommandJob Start(NetworkNamespace space, TracerouteArguments arguments, InternetAddress destination)
    {
        arguments.Resolve(space, destination);
        if (arguments.Error is not null)
        {
            return CommandJob.Completed(arguments.Error);
        }

        string head = $"traceroute to {arguments.Host} ({arguments.Destination}), {arguments.MaximumHops} hops max, {TracerouteJob.LengthOf(arguments)} byte packets";
        Errno error = arguments.Destination.IsIPv4
            ? space.IPv4.RouteOutput(
                arguments.Destination.IPv4, arguments.Source.IsIPv4 ? arguments.Source.IPv4 : default, arguments.Device).Error
            : space.IPv6.RouteOutput(
                arguments.Destination.IPv6, arguments.Source.IsIPv6 ? arguments.Source.IPv6 : default, arguments.Device).Error;
        if (error != Errno.None)
        {
            return CommandJob.Completed(new CommandResult(1, head, $"\nconnect: {RtnetlinkError.Describe(error)}\n"));
        }

        TracerouteJob job = new(space, arguments, head);
        job.Begin();
        return job;
    }
}
