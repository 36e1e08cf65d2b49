using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Netfilter.Sets;

/// <summary>
/// When the members of a set go by themselves (ip_set_timeout.h). The timer of the next one removes it at its instant: whoever looks into
/// the set finds only what is valid, and asks for no time.
/// </summary>
internal sealed class MemberTimeouts
{
    private readonly Node _node;
    private readonly CallbackTimer _timer;
    private readonly Dictionary<SetMember, SimTime> _ends = [];
    private readonly SortedSet<(SimTime End, SetMember Member)> _order = [];

    public MemberTimeouts(Node node, IPSet owner, int seconds)
    {
        _node = node;
        _timer = new CallbackTimer(Expire);
        Owner = owner;
        Default = seconds;
    }

    /// <summary>The set whose members they are; a swap changes it.</summary>
    public IPSet Owner { get; set; }

    /// <summary>What a member gets that says nothing of it, in seconds; 0 to stay.</summary>
    public int Default { get; }

    /// <summary>The whole seconds that a member has left, at least 1; 0 if it stays (ip_set_timeout_get).</summary>
    public long Remaining(in SetMember member) =>
        !_ends.TryGetValue(member, out SimTime end) ? 0 : System.Math.Max(1, (end - _node.Now).Milliseconds / 1000);

    /// <summary>Gives a member its time from now on, in seconds; 0 to stay.</summary>
    public void Set(in SetMember member, int seconds)
    {
        Forget(member);
        if (seconds > 0)
        {
            SimTime end = _node.Now + Duration.FromSeconds(seconds);
            _ends[member] = end;
            _order.Add((end, member));
        }

        Arm();
    }

    public void Remove(in SetMember member)
    {
        Forget(member);
        Arm();
    }

    public void Clear()
    {
        _ends.Clear();
        _order.Clear();
        _node.Cancel(_timer);
    }

    private void Forget(in SetMember member)
    {
        if (_ends.Remove(member, out SimTime end))
        {
            _order.Remove((end, member));
        }
    }

    private void Arm()
    {
        if (_order.Count == 0)
        {
            _node.Cancel(_timer);
        }
        else if (!_timer.IsArmed || _timer.Due != _order.Min.End)
        {
            _node.Schedule(_timer, _order.Min.End);
        }
    }

    private void Expire()
    {
        while (_order.Count > 0 && _order.Min is var next && next.End <= _node.Now)
        {
            Owner.Remove(next.Member);
        }
    }
}
