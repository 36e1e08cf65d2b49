using System;
using System.Collections.Generic;
using Netemu.Calico.Resources;
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
/// Felix on one node: store events go through the calculation graph to the models, and what has changed on balance is
/// applied in Felix's order, each operation atomic in itself. Tables that somebody changed by hand are repaired at the
/// refresh intervals.
/// </summary>
/// <remarks>
/// <code>
/// store watch --&gt; CalculationGraph --&gt; messages --&gt; DataplaneModel --&gt; NetfilterDriver --&gt; steps: sets, tables, sets, routes
///                                          \----&gt; RouteModel     --&gt; RouteManager ----/
/// </code>
/// What arrives while an update is being applied waits for its end, as in Felix's single loop.
/// </remarks>
public sealed class FelixAgent : IDataplaneMessageSink
{
    private readonly NetworkNamespace _space;
    private readonly CalculationGraph _graph;
    private readonly DataplaneModel _model;
    private readonly RouteModel _routeModel;
    private readonly RouteManager _routes;
    private readonly TunnelManager _tunnels;
    private readonly NetfilterDriver _netfilter;
    private readonly FelixServiceTime _costs;
    private readonly CallbackTimer _apply;
    private readonly CallbackTimer _step;
    private readonly CallbackTimer _refreshRoutes;
    private readonly CallbackTimer _refreshTables;
    private readonly CallbackTimer _refreshSets;
    private readonly Queue<DataplaneStep> _steps = [];
    private SimTime _windowStart;
    private bool _isWindowOpen;
    private bool _devicesChanged;
    private long _updates;
    private long _routeChanges;
    private long _windows;
    private Duration _windowTime;
    private Duration _longestWindow;
    private long _repairs;

    public FelixAgent(NetworkNamespace space, string node, FelixServiceTime? costs = null, ClusterIndex? shared = null)
    {
        _space = space;
        _costs = costs ?? FelixServiceTime.Zero;
        Node = node;
        _model = new DataplaneModel(shared?.Rendering);
        _graph = new CalculationGraph(node, this, shared);
        _routeModel = new RouteModel(node);
        _routes = new RouteManager(space, _routeModel);
        _tunnels = new TunnelManager(space, _routeModel);
        _netfilter = new NetfilterDriver(space, _model, _costs);
        _apply = new CallbackTimer(Apply);
        _step = new CallbackTimer(RunStep);
        _refreshRoutes = new CallbackTimer(RefreshRoutes);
        _refreshTables = new CallbackTimer(RefreshTables);
        _refreshSets = new CallbackTimer(RefreshSets);
        space.DeviceChanged += OnDeviceChanged;
    }

    /// <summary>The node's name in the cluster.</summary>
    public string Node { get; }

    /// <summary>True while something has been learned and not yet applied.</summary>
    public bool IsPending => _apply.IsArmed || _steps.Count > 0;

    /// <summary>Told of every step when it has taken effect.</summary>
    internal Action<DataplaneStep>? StepDone { get; set; }

    /// <summary>When a table last changed.</summary>
    public SimTime LastChange { get; private set; }

    /// <summary>What the node's netfilter should contain, with the policies that apply to each workload.</summary>
    public DataplaneModel Model => _model;

    /// <summary>What the node's routing tables should contain of Felix's.</summary>
    public RouteModel Routes => _routeModel;

    public FelixStatistics Statistics => new()
    {
        Updates = _updates,
        SetOperations = _netfilter.SetOperations,
        TableOperations = _netfilter.TableOperations,
        RouteChanges = _routeChanges,
        Windows = _windows,
        WindowTime = _windowTime,
        LongestWindow = _longestWindow,
        Repairs = _repairs,
        ConnectionsRemoved = _routes.ConnectionsRemoved,
    };

    /// <summary>Starts the refresh timers and applies the empty state: from now on traffic of workloads is judged.</summary>
    public void Start()
    {
        _model.HasIPv6 = _space.Settings.IPv6Enabled;
        _graph.Flush();
        UpdateDevices();
        foreach (DataplaneStep step in _netfilter.TakeSteps())
        {
            step.Run();
            StepDone?.Invoke(step);
        }

        LastChange = _space.Node.Now;
        SimTime now = _space.Node.Now;
        _space.Node.Schedule(_refreshRoutes, now + _model.Configuration.RouteRefreshInterval);
        _space.Node.Schedule(_refreshTables, now + _model.Configuration.IptablesRefreshInterval);
        _space.Node.Schedule(_refreshSets, now + _model.Configuration.IpsetsRefreshInterval);
    }

    /// <summary>Takes events of the store; they are applied at the end of this instant.</summary>
    public void Update(IReadOnlyCollection<StoreEvent> events)
    {
        foreach (StoreEvent change in events)
        {
            if (change.Key.Kind == ResourceKind.Node && change.Key.Name == Node)
            {
                _tunnels.UpdateNode(change.Value as Calico.Resources.Node);
            }
        }

        _graph.Update(events);
        RequestApply();
    }

    /// <summary>The process ends: no timer of it fires any more, nothing is written, and what was written stays.</summary>
    public void Kill()
    {
        foreach (CallbackTimer timer in (ReadOnlySpan<CallbackTimer>)[_apply, _step, _refreshRoutes, _refreshTables, _refreshSets])
        {
            _space.Node.Cancel(timer);
        }

        _steps.Clear();
        _space.DeviceChanged -= OnDeviceChanged;
        Detach();
    }

    /// <summary>The node is down: a shared index forgets it.</summary>
    public void Detach() => _graph.Detach();

    public void OnMessage(DataplaneMessage message)
    {
        _model.OnMessage(message);
        _routeModel.OnMessage(message);
        _tunnels.OnMessage(message);
    }

    private void RequestApply()
    {
        if (!_apply.IsArmed)
        {
            _space.Node.Schedule(_apply, _space.Node.Now);
        }
    }

    private void Apply()
    {
        if (_steps.Count > 0)
        {
            // The update in hand ends first; its last step asks again.
            return;
        }

        if (_devicesChanged)
        {
            _devicesChanged = false;
            UpdateDevices();
        }

        _model.HasIPv6 |= _space.Settings.IPv6Enabled;
        _graph.Flush();

        // An endpoint is closed until its policy is in: netfilter first, the way to the workload after it.
        foreach (DataplaneStep step in _netfilter.TakeSteps())
        {
            _steps.Enqueue(step);
        }

        _steps.Enqueue(new DataplaneStep(DataplaneStepKind.Routes, "routes", _costs.Route, ApplyRoutes));
        _updates++;
        ScheduleStep();
    }

    /// <summary>Runs what costs nothing at once, and waits for the rest.</summary>
    private void ScheduleStep()
    {
        while (_steps.TryPeek(out DataplaneStep next))
        {
            if (next.Cost > Duration.Zero)
            {
                _space.Node.Schedule(_step, _space.Node.Now + next.Cost);
                return;
            }

            Run();
        }
    }

    private void RunStep()
    {
        Run();
        ScheduleStep();
        if (_steps.Count == 0)
        {
            RequestApplyIfDirty();
        }
    }

    private void Run()
    {
        DataplaneStep step = _steps.Dequeue();
        step.Run();
        StepDone?.Invoke(step);
        if (step.Kind != DataplaneStepKind.Routes)
        {
            LastChange = _space.Node.Now;
        }

        NoteWindow(step);
    }

    /// <summary>A window opens with the first of an update's sets and tables and closes with the last.</summary>
    private void NoteWindow(in DataplaneStep done)
    {
        bool hasMore = _steps.TryPeek(out DataplaneStep next) && next.Kind != DataplaneStepKind.Routes;
        if (hasMore && !_isWindowOpen && done.Kind != DataplaneStepKind.Routes)
        {
            _isWindowOpen = true;
            _windowStart = _space.Node.Now;
        }
        else if (!hasMore && _isWindowOpen)
        {
            _isWindowOpen = false;
            Duration length = _space.Node.Now - _windowStart;
            if (length > Duration.Zero)
            {
                _windows++;
                _windowTime += length;
                _longestWindow = length > _longestWindow ? length : _longestWindow;
            }
        }
    }

    private void RequestApplyIfDirty()
    {
        if (_graph.IsDirty || _devicesChanged)
        {
            RequestApply();
        }
    }

    private void ApplyRoutes()
    {
        if (_tunnels.Apply() | _routes.Apply())
        {
            _routeChanges++;
            LastChange = _space.Node.Now;
        }
    }

    private void RefreshRoutes()
    {
        if (_routes.Resync())
        {
            _repairs++;
            LastChange = _space.Node.Now;
        }

        _space.Node.Schedule(_refreshRoutes, _space.Node.Now + _model.Configuration.RouteRefreshInterval);
    }

    private void RefreshTables()
    {
        Repaired(_steps.Count > 0 ? 0 : _netfilter.RepairTables());
        _space.Node.Schedule(_refreshTables, _space.Node.Now + _model.Configuration.IptablesRefreshInterval);
    }

    private void RefreshSets()
    {
        Repaired(_steps.Count > 0 ? 0 : _netfilter.RepairSets());
        _space.Node.Schedule(_refreshSets, _space.Node.Now + _model.Configuration.IpsetsRefreshInterval);
    }

    private void Repaired(int count)
    {
        if (count > 0)
        {
            _repairs += count;
            LastChange = _space.Node.Now;
        }
    }

    private void OnDeviceChanged(NetDevice device)
    {
        _routes.OnDeviceChanged(device);
        bool isHostDevice = IsHostDevice(device);
        _devicesChanged |= isHostDevice;
        if (_routes.HasPending || isHostDevice)
        {
            RequestApply();
        }
    }

    private static bool IsHostDevice(NetDevice device) =>
        !device.IsLoopback && !device.Name.StartsWith(Calico.Workloads.WorkloadInterface.Prefix, StringComparison.Ordinal)
        && device.Name is not (RouteModel.IpipDevice or RouteModel.VxlanDevice);

    /// <summary>The host's own devices: those of workloads and tunnels are not for host endpoints.</summary>
    private void UpdateDevices()
    {
        List<HostDevice> devices = [];
        foreach (NetDevice device in _space.Devices)
        {
            if (!IsHostDevice(device))
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

            foreach (DeviceAddress<IPv6Address> address in _space.IPv6.Addresses)
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
