using Netemu.Commands.Applications;
using Netemu.Commands.Basics;
using Netemu.Commands.Bridge;
using Netemu.Commands.Filters;
using Netemu.Commands.Ip;
using Netemu.Commands.Netfilter;
using Netemu.Commands.NetTools;
using Netemu.Commands.Probes;
using Netemu.Commands.Shell;
using Netemu.Commands.Sockets;
using Netemu.Commands.Tcpdump;
using Netemu.Commands.Traffic;

namespace Netemu.Commands;

/// <summary>The commands that every emulated machine has. Who brings more (vtysh, iptables) adds them to the registry.</summary>
public static class StandardCommands
{
    public static CommandRegistry CreateRegistry()
    {
        CommandRegistry registry = new();
        foreach (TextCommand command in TextCommand.All)
        {
            registry.Add(command);
        }

        return registry
            .Add(new SleepCommand())
            .Add(new TimeoutCommand())
            .Add(new SysctlCommand())
            .Add(new GrepCommand())
            .Add(new HeadTailCommand())
            .Add(new WcCommand())
            .Add(new AwkCommand())
            .Add(new IpCommand())
            .Add(new BridgeCommand())
            .Add(new TcCommand())
            .Add(new PingCommand())
            .Add(new TracerouteCommand())
            .Add(new ArpingCommand())
            .Add(new CurlCommand())
            .Add(new NcCommand())
            .Add(new DigCommand())
            .Add(new Iperf3Command())
            .Add(new SsCommand())
            .Add(new TcpdumpCommand())
            .Add(new NetstatCommand())
            .Add(new IfconfigCommand())
            .Add(new RouteCommand())
            .Add(new ArpCommand())
            .Add(new IptablesTool())
            .Add(new IpsetCommand())
            .Add(new ConntrackCommand());
    }
}
