using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Checking;

/// <summary>Warnings about what loads but is probably not meant.</summary>
internal sealed class LintCheck(Binder binder, TopologySpec topology, TopologyIndex index)
{
    public void Run()
    {
        CheckAddresses();
        CheckMtus();
        CheckSteps();
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
        SimTime latest = SimTime.Zero;
        foreach (StepSpec step in topology.Steps)
        {
            if (step.At is { WhenConverged: false, At: SimTime at })
            {
                if (at < latest)
                {
                    binder.Warning(
                        LoaderCode.LateStep,
                        $"this step is due at {new Duration(at.Nanoseconds)}, after a step at {new Duration(latest.Nanoseconds)}",
                        step.Range,
                        "steps run in the order of the file; it starts when the one before has ended");
                }

                latest = at > latest ? at : latest;
            }

            if (step is { Within: not null, Expect: null })
            {
                binder.Warning(LoaderCode.NeverTrue, "'within' waits for an expectation, and there is none", step.Range);
            }
        }
    }
}
