using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Core.Time;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Loading.Checking;

/// <summary>Warnings about what loads but is probably not meant.</summary>
internal sealed class LintCheck(Binder binder, TopologySpec topology, TopologyIndex index)
{
    public void Run()
    {
        CheckAddresses();
        CheckMtus();
        CheckSteps();
        CheckHostAddresses();
        CheckWatched();
        new BgpLint(binder, topology).Run();
    }

    /// <summary>Linux takes the address of a network, or its broadcast address, for a device: nobody can reach it there.</summary>
    private void CheckHostAddresses()
    {
        foreach (NodeSpec node in topology.Nodes)
        {
            foreach (InterfaceSpec device in InterfaceCheck.SpacesOf(node).SelectMany(s => s.Interfaces))
            {
                foreach (InterfaceAddressSpec address in device.Addresses.Where(a => a.Address.IsIPv4 && a.Length < 31))
                {
                    uint hosts = uint.MaxValue >> address.Length;
                    uint host = address.Address.IPv4.Value & hosts;
                    if ((host == 0 || host == hosts) && !device.Name.StartsWith("lo", System.StringComparison.Ordinal))
                    {
                        binder.Warning(
                            LoaderCode.NotAHost,
                            $"{address.Address}/{address.Length} of '{node.Name}:{device.Name}' is the {(host == 0 ? "address of its network itself" : "broadcast address of its network")}",
                            device.Range,
                            "give the device one of the addresses between the two");
                    }
                }
            }
        }
    }

    /// <summary>Devices that only commands make may be watched; where no command runs, nothing will make them.</summary>
    private void CheckWatched()
    {
        IEnumerable<(DeviceRef? Device, SourceRange Place)> watched = topology.Captures.Select(c => (c.Device, c.Range))
            .Concat(topology.Steps.SelectMany(s => s.Frames.Select(f => ((DeviceRef?)f, s.Range))));
        foreach ((DeviceRef? device, SourceRange place) in watched)
        {
            if (device?.Owner is NodeEndpoint owner
                && topology.Nodes.FirstOrDefault(n => n.Name == owner.Node) is { Kind: NodeKind.Host or NodeKind.Router } node
                && index.FindNamespace(owner.Node, owner.Namespace) is { } space
                && index.FindDevice(space, device.Device) is null && device.Device != "lo"
                && node.Exec.Count == 0 && !topology.Steps.Any(s => s.Action is ExecAction))
            {
                string[] known = [.. space.Interfaces.Select(i => i.Name)];
                binder.Warning(
                    LoaderCode.NeverThere,
                    $"'{device}' is watched, and there is no such device, nor a command that could make it",
                    place,
                    Spelling.Hint(device.Device, known) ?? (known.Length == 0 ? null : $"known: {string.Join(", ", known)}"));
            }
        }
    }

    /// <summary>Two devices of one segment with the same address answer each other's ARP.</summary>
    private void CheckAddresses()
    {
        Segments segments = new(topology, index);
        Dictionary<(object Segment, InternetAddress Address), (InterfaceSpec Device, string Place)> seen = [];
        foreach (NodeSpec node in topology.Nodes)
        {
            foreach (NamespaceSpec space in InterfaceCheck.SpacesOf(node))
            {
                foreach (InterfaceSpec device in space.Interfaces)
                {
                    string place = space.Name is null ? $"{node.Name}:{device.Name}" : $"{node.Name}/{space.Name}:{device.Name}";
                    foreach (InterfaceAddressSpec address in device.Addresses)
                    {
                        if (!seen.TryAdd((segments.Of(device), address.Address), (device, place)))
                        {
                            binder.Warning(
                                LoaderCode.DuplicateAddress,
                                $"'{place}' and '{seen[(segments.Of(device), address.Address)].Place}' of one segment both have {address.Address}",
                                device.Range);
                        }
                    }
                }
            }
        }
    }

    private void CheckMtus()
    {
        foreach (LinkSpec link in topology.Links)
        {
            int a = MtuOf(link, link.A);
            int b = MtuOf(link, link.B);
            if (a != b)
            {
                binder.Warning(
                    LoaderCode.MtuMismatch,
                    $"the ends of this link have MTU {a} and {b}",
                    link.Range,
                    "frames larger than the smaller one are lost without an ICMP error");
            }
        }
    }

    private int MtuOf(LinkSpec link, DeviceRef end) =>
        end.Owner is NodeEndpoint place
        && index.FindNamespace(place.Node, place.Namespace) is { } space
        && index.FindDevice(space, end.Device)?.Mtu is { } mtu
            ? mtu
            : link.Mtu;

    private void CheckSteps()
    {
        // No step begins before this: times that steps state, and those that they certainly take.
        SimTime earliest = SimTime.Zero;
        SimTime latest = SimTime.Zero;
        foreach (StepSpec step in topology.Steps)
        {
            if (step.At is { WhenConverged: false, At: SimTime at })
            {
                if (at < earliest)
                {
                    string why = at < latest ? $"after a step at {new Duration(latest.Nanoseconds)}" : $"and the steps before it last until {new Duration(earliest.Nanoseconds)} at least";
                    binder.Warning(
                        LoaderCode.LateStep,
                        $"this step is due at {new Duration(at.Nanoseconds)}, {why}",
                        step.Range,
                        "steps run in the order of the file; it starts when the one before has ended");
                }

                latest = at > latest ? at : latest;
                earliest = latest > earliest ? latest : earliest;
            }

            earliest += step.After;
            earliest += step is { Action: WaitAction wait, Background: false } ? wait.Time : Duration.Zero;

            if (step is { Within: not null, Expect: null })
            {
                binder.Warning(LoaderCode.NeverTrue, "'within' waits for an expectation, and there is none", step.Range);
            }
        }
    }
}
