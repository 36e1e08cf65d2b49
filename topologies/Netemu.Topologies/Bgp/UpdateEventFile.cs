using System.Collections.Generic;
using System.IO;
using System.Linq;
using Netemu.Bgp;
using Netemu.Topologies.Building;

namespace Netemu.Topologies.Bgp;

/// <summary>Collects every BGP update of a run and writes them as CSV: by time, and at one instant by router in the order of declaration.</summary>
public sealed class UpdateEventFile
{
    private readonly List<UpdateEvent> _events = [];
    private readonly Dictionary<string, int> _order = [];

    /// <summary>Watches the speakers of a topology that has been built and not yet run.</summary>
    public UpdateEventFile(BuiltTopology topology)
    {
        foreach (string node in topology.Nodes.Select(n => n.Name))
        {
            _order.Add(node, _order.Count);
        }

        foreach (BgpExtension bgp in topology.Extensions.OfType<BgpExtension>())
        {
            bgp.Tables.UpdateWatcher = (speaker, session, message) => UpdateEvent.Read(speaker, session, message, _events);
        }
    }

    public int Count => _events.Count;

    public void Write(TextWriter writer)
    {
        writer.Write("time,router,peer,prefix,type,path\n");
        foreach (UpdateEvent update in _events.OrderBy(e => e.Time).ThenBy(e => _order.GetValueOrDefault(e.Router, int.MaxValue)))
        {
            writer.Write($"{update.Time},{update.Router},{update.Peer},{update.Prefix},{(update.IsAnnounced ? "announce" : "withdraw")},{update.Path}\n");
        }
    }
}
