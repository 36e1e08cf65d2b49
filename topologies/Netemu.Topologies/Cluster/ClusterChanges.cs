using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Store;
using Netemu.Core.Time;
using Netemu.Topologies.Results;

namespace Netemu.Topologies.Cluster;

/// <summary>Measures every change of the store: from its event to the last node that has it in force.</summary>
internal sealed class ClusterChanges(ResourceStore store)
{
    private readonly List<ChangeRecord> _records = [];
    private readonly StoreWatch _watch = store.Watch(store.Revision);
    private SimTime _at;
    private string[] _objects = [];

    /// <summary>The store has been written at <paramref name="now"/>; what came before it is measured up to here.</summary>
    public void Begin(SimTime now, IEnumerable<ClusterMachine> machines, SimTime lastRoute)
    {
        Close(machines, lastRoute);
        _at = now;
        _objects = [.. _watch.ReadAll().Select(change => change.Key.ToString()).Distinct()];
    }

    /// <summary>All changes so far; the last one is measured up to here.</summary>
    public IReadOnlyList<ChangeRecord> Close(IEnumerable<ClusterMachine> machines, SimTime lastRoute)
    {
        if (_objects.Length > 0)
        {
            SimTime last = lastRoute > _at ? lastRoute : _at;
            int nodes = 0;
            foreach (ClusterMachine machine in machines)
            {
                SimTime changed = machine.LastChange;
                nodes += changed > _at ? 1 : 0;
                last = changed > last ? changed : last;
            }

            _records.Add(new ChangeRecord(_at, _objects, last - _at, nodes));
            _objects = [];
        }

        return _records;
    }
}
