using System.Collections.Generic;
using Netemu.Calico.Store;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Felix.Calculation;
using Netemu.Felix.Messages;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Dataplane;

/// <summary>
/// Felix on one node: store events go through the calculation graph to the managers, which apply the difference in one go
/// at the end of the instant. Tables that somebody changed by hand are repaired at the refresh interval.
/// </summary>
/// <remarks>
/// <code>
/// store watch --&gt; CalculationGraph --&gt; messages --&gt; DataplaneModel --&gt; NetfilterDriver (sets, tables, sets)
///                                          \----&gt; RouteManager    --&gt; routes
/// </code>
/// </remarks>
public sealed class FelixAgent : IDataplaneMessageSink
{
    private readonly NetworkNamespace _space;
    private readonly CalculationGraph _graph;
    private readonly DataplaneModel _model = new();
    private readonly RouteManager _routes;
    private readonly NetfilterDriver _netfilter;
    private readonly CallbackTimer _apply;
    private readonly CallbackTimer _refresh;

    public FelixAgent(NetworkNamespace space, string node)
    {
        _space = space;
        Node = node;
        _graph = new CalculationGraph(node, this);
        _routes = new RouteManager(space);
        _netfilter = new NetfilterDriver(space, _model);
        _apply = new CallbackTimer(Apply);
        _refresh = new CallbackTimer(Refresh);
        space.DeviceChanged += OnDeviceChanged;
    }

    /// <summary>The node's name in the cluster.</summary>
    public string Node { get; }

    /// <summary>True while something has been learned and not yet applied.</summary>
    public bool IsPending => _apply.IsArmed;

    /// <summary>When a table last changed.</summary>
    public SimTime LastChange { get; private set; }

    /// <summary>What the node's netfilter should contain, with the policies that apply to each workload.</summary>
    public DataplaneModel Model => _model;

    /// <summary>Starts the refresh timer and applies the empty state: from now on traffic of workloads is judged.</summary>
    public void Start()
    {
        _graph.Flush();
        UpdateDevices();
        Apply();
        _space.Node.Schedule(_refresh, _space.Node.Now + _model.Configuration.RouteRefreshInterval);
    }

    /// <summary>Takes events of the store; they are applied at the end of this instant.</summary>
    public void Update(IEnumerable<StoreEvent> events)
    {
        _graph.Update(events);
        if (!_apply.IsArmed)
        {
            _space.Node.Schedule(_apply, _space.Node.Now);
        }
    }

    public void OnMessage(DataplaneMessage message)
    {
        _model.OnMessage(message);
        _routes.OnMessage(message);
    }

    private void Apply()
    {
        _graph.Flush();

        // An endpoint is closed until its policy is in: netfilter first, the way to the workload after it.
        _netfilter.Apply();
        _routes.Apply();
        LastChange = _space.Node.Now;
    }

    private void Refresh()
    {
        if (_routes.Resync())
        {
            _routes.Apply();
            LastChange = _space.Node.Now;
        }

        _space.Node.Schedule(_refresh, _space.Node.Now + _model.Configuration.RouteRefreshInterval);
    }

    private void OnDeviceChanged(NetDevice device)
    {
        if (_routes.IsDirty && !_apply.IsArmed)
        {
            _space.Node.Schedule(_apply, _space.Node.Now);
        }
    }

    /// <summary>The host's own devices: those of workloads and tunnels are not for host endpoints.</summary>
    private void UpdateDevices()
    {
        List<HostDevice> devices = [];
        foreach (NetDevice device in _space.Devices)
        {
            if (device.IsLoopback || device.Name.StartsWith("cali", System.StringComparison.Ordinal))
            {
                continue;
            }

            List<InternetAddress> addresses = [];
            foreach (DeviceAddress<IPv4Address> address in _space.IPv4.Addresses)
            {
                if (ReferenceEquals(address.Device, device))
                {
                    addresses.Add(address.Address);
                }
            }

            devices.Add(new HostDevice(device.Name, addresses));
        }

        _model.UpdateDevices(devices);
    }
}
