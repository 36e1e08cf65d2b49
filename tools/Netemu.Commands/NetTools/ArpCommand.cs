using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Neighbours;

namespace Netemu.Commands.NetTools;

/// <summary>arp of net-tools: the IPv4 neighbours, -s and -d.</summary>
public sealed class ArpCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["arp"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse("-a -e -n -v -i=DEVICE -s -d --device=DEVICE --numeric --set --delete");

    public CommandJob Start(CommandInvocation invocation) => CommandJob.Completed(Run(invocation));

    private CommandResult Run(CommandInvocation invocation)
    {
        OptionReader read = OptionReader.Read(
            invocation.Arguments,
            Grammar,
            new Dictionary<string, string> { ["--device"] = "-i", ["--numeric"] = "-n", ["--set"] = "-s", ["--delete"] = "-d" });
        if (read.Complaint("arp", Grammar) is { } complaint)
        {
            return CommandResult.Failure(255, complaint);
        }

        string? device = read.Value("-i");
        if (read.Has("-s"))
        {
            return read.Operands.Count == 2 && DeviceOf(invocation, read.Operands[0], device) is { } name
                ? IpCall.Run(invocation, "SIOCSARP", "neigh", "replace", read.Operands[0], "lladdr", read.Operands[1], "dev", name, "nud", "permanent")
                : CommandResult.Failure(255, read.Operands.Count == 2 ? "SIOCSARP: Network is unreachable" : "arp: need hardware address");
        }

        if (read.Has("-d"))
        {
            NeighbourEntry<IPv4Address>? gone = read.Operands.Count == 1 ? Entries(invocation, device, read.Operands[0]).FirstOrDefault() : null;
            return gone is null
                ? CommandResult.Failure(255, read.Operands.Count == 1 ? $"No ARP entry for {read.Operands[0]}" : "arp: need host name")
                : IpCall.Run(invocation, "SIOCDARP", "neigh", "del", read.Operands[0], "dev", gone.Device.Name);
        }

        string? host = read.Operands.Count > 0 ? read.Operands[0] : null;
        List<NeighbourEntry<IPv4Address>> entries = [.. Entries(invocation, device, host)];
        if (entries.Count == 0 && host is not null)
        {
            return new CommandResult(1, $"{host} ({host}) -- no entry\n", string.Empty);
        }

        return CommandResult.Output(read.Has("-a") ? Bsd(entries) : Linux(entries));
    }

    private static string Linux(List<NeighbourEntry<IPv4Address>> entries)
    {
        StringBuilder text = new();
        if (entries.Count > 0)
        {
            text.Append("Address                  HWtype  HWaddress           Flags Mask            Iface\n");
        }

        foreach (NeighbourEntry<IPv4Address> entry in entries)
        {
            text.Append(IsComplete(entry)
                ? $"{entry.Address,-23}  {"ether",-6}  {entry.Mac,-18}  {Flags(entry),-20}  {entry.Device.Name}\n"
                : $"{entry.Address,-23}  {string.Empty,-6}  {"(incomplete)",-40}  {entry.Device.Name}\n");
        }

        return text.ToString();
    }

    private static string Bsd(List<NeighbourEntry<IPv4Address>> entries)
    {
        StringBuilder text = new();
        foreach (NeighbourEntry<IPv4Address> entry in entries)
        {
            string address = IsComplete(entry) ? $"{entry.Mac} [ether]{(entry.State == NudState.Permanent ? " PERM" : string.Empty)}" : "<incomplete>";
            text.Append($"? ({entry.Address}) at {address} on {entry.Device.Name}\n");
        }

        return text.ToString();
    }

    private static string Flags(NeighbourEntry<IPv4Address> entry) => entry.State == NudState.Permanent ? "CM" : "C";

    private static bool IsComplete(NeighbourEntry<IPv4Address> entry) =>
        entry.EffectiveState is not (NudState.Incomplete or NudState.Failed or NudState.None);

    private static IEnumerable<NeighbourEntry<IPv4Address>> Entries(CommandInvocation invocation, string? device, string? host) =>
        invocation.Namespace.IPv4.Neighbours.Entries().Where(e => e.Device.UsesNeighbours && e.EffectiveState != NudState.NoArp)
            .Where(e => device is null || e.Device.Name == device)
            .Where(e => host is null || e.Address.ToString() == host)
            .OrderBy(e => e.Device.Index).ThenBy(e => e.Address.Value);

    private static string? DeviceOf(CommandInvocation invocation, string address, string? given) =>
        given ?? (IPv4Address.TryParse(address, out IPv4Address to) ? invocation.Namespace.IPv4.RouteOutput(to).Device?.Name : null);
}
