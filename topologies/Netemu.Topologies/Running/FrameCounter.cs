using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Engine.Capture;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Topologies.Results;

namespace Netemu.Topologies.Running;

/// <summary>Counts the frames of one device while a step runs, grouped by what they say, in the order of first sight.</summary>
internal sealed class FrameCounter : IFrameTap
{
    private readonly NetDevice _device;
    private readonly string _name;
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly List<Group> _order = [];

    public FrameCounter(NetDevice device, string name)
    {
        _device = device;
        _name = name;
        device.AddTap(this);
    }

    public void Seen(Frame frame, NetDevice device, bool outgoing)
    {
        string key = (outgoing ? '>' : '<') + Convert.ToHexStringLower(FrameSummary.Normalize(frame.Bytes));
        key += $"/{frame.Length}";
        if (!_groups.TryGetValue(key, out Group? group))
        {
            group = new Group(outgoing, FrameSummary.Describe(frame.Bytes), Convert.ToHexStringLower(frame.Bytes));
            _groups.Add(key, group);
            _order.Add(group);
        }

        group.Count++;
    }

    /// <summary>Stops counting and says what was seen.</summary>
    public IEnumerable<FrameGroup> Close()
    {
        _device.RemoveTap(this);
        return _order.Select(g => new FrameGroup(_name, !g.Outgoing, g.Count, g.Line, g.Hex));
    }

    private sealed class Group(bool outgoing, string line, string hex)
    {
        public bool Outgoing => outgoing;

        public string Line => line;

        /// <summary>The first frame of the group.</summary>
        public string Hex => hex;

        public long Count;
    }
}
