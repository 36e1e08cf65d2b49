using System.Collections.Generic;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Queueing;

/// <summary>
/// The sending side of a device that has a queueing discipline of its own: hands frames to the discipline and takes them
/// out by timer, as fast as the discipline and the device let them go. A device with a rate takes the next frame when the
/// last one's bits are out, so that the queue stands in the discipline (as behind byte queue limits), not in the card.
/// </summary>
/// <remarks>
/// <code>
/// NetDevice.Transmit --> Enqueue --> root discipline (--> child) --> Run, at once or by timer --> NetDevice.Send
/// </code>
/// </remarks>
public sealed class EgressQueue : TimerEntry
{
    /// <summary>TC_H_ROOT: the parent of the outermost discipline.</summary>
    public const uint Root = 0xFFFF_FFFF;

    /// <summary>The kernel's first handle for a discipline that was given none (qdisc_alloc_handle); counted per device here.</summary>
    private const uint FirstAutomaticHandle = 0x8001_0000;

    private readonly NetDevice _device;
    private uint _automatic = FirstAutomaticHandle;
    private int _streams;
    private bool _running;

    internal EgressQueue(NetDevice device) => _device = device;

    public NetDevice Device => _device;

    /// <summary>The outermost discipline; null while the device has its default.</summary>
    public QueueingDiscipline? Discipline { get; private set; }

    /// <summary>All disciplines, from the outermost inwards, in the order of their classes.</summary>
    public IEnumerable<QueueingDiscipline> All => Discipline is null ? [] : Walk(Discipline);

    /// <summary>The discipline of that handle, or null.</summary>
    public QueueingDiscipline? Find(uint handle)
    {
        foreach (QueueingDiscipline discipline in All)
        {
            if (discipline.Handle == handle && handle != 0)
            {
                return discipline;
            }
        }

        return null;
    }

    /// <summary>What stands at a parent: the outermost discipline, or the child in a class; null for none.</summary>
    public QueueingDiscipline? At(uint parent)
    {
        if (parent == Root)
        {
            return Discipline;
        }

        foreach (QueueingDiscipline discipline in All)
        {
            if (discipline.Parent == parent)
            {
                return discipline;
            }
        }

        return null;
    }

    /// <summary>
    /// Puts a discipline at a parent in place of what stood there, whose frames end; handle 0 asks for a free one. False if
    /// the parent has no such class. Null at the root gives the device its default back.
    /// </summary>
    public bool Install(QueueingDiscipline? discipline, uint parent = Root, uint handle = 0)
    {
        if (parent == Root)
        {
            Discipline?.Reset(DropReason.QdiscReset);
            Discipline = discipline;
        }

        if (discipline is not null)
        {
            discipline.Owner = this;
            discipline.Parent = parent;
            discipline.Handle = handle != 0 ? handle : NextHandle();
            if (parent != Root)
            {
                QueueingDiscipline? outer = Find(parent & 0xFFFF_0000);
                if (outer is null || !outer.Graft(parent, discipline))
                {
                    return false;
                }
            }

            discipline.Installed();
        }

        _device.SetEgress(Discipline is null ? null : this);
        if (Discipline is null)
        {
            _device.Node.Cancel(this);
        }

        return true;
    }

    /// <summary>Takes an inner discipline out; its frames end.</summary>
    public void Uninstall(QueueingDiscipline child)
    {
        if (Find(child.Parent & 0xFFFF_0000) is { } outer)
        {
            outer.Ungraft(child.Parent);
            outer.Installed();
        }
    }

    public override void Expire() => Run();

    /// <summary>A frame for the device. Takes ownership.</summary>
    internal void Enqueue(Frame frame)
    {
        Discipline!.Enqueue(frame, _device.Node.Shard.NowNanoseconds);
        Run();
    }

    /// <summary>Puts a frame in at the outermost discipline while a frame is being enqueued (netem's copies).</summary>
    internal void EnqueueAgain(Frame frame, long now) => Discipline!.Enqueue(frame, now);

    /// <summary>The device went down or lost its carrier (dev_deactivate): what waits is lost.</summary>
    internal void Deactivate(DropReason reason)
    {
        Discipline?.Reset(reason);
        _device.Node.Cancel(this);
    }

    /// <summary>A stream of chance for a discipline of this device: a new one for each discipline that is made.</summary>
    internal string NextStream(string kind)
    {
        string space = _device.Namespace.Name.Length == 0 ? string.Empty : _device.Namespace.Name + "/";
        return $"{space}{_device.Name}/{kind}{++_streams}";
    }

    internal RandomSource Random(string stream) => _device.Node.Random(stream);

    /// <summary>Sends what may leave now, and arms the timer for what may leave later. Not entered twice: a device that sends
    /// through another one may come back here.</summary>
    internal void Run()
    {
        if (_running)
        {
            return;
        }

        _running = true;
        long now = _device.Node.Shard.NowNanoseconds;
        long due;
        while (true)
        {
            due = _device.ReadyAt;
            if (due > now)
            {
                break;
            }

            QueueingDiscipline discipline = Discipline!;
            Frame? frame = discipline.Dequeue(now);
            if (frame is null)
            {
                due = discipline.NextDue;
                break;
            }

            _device.Send(frame);
        }

        _running = false;
        Arm(Discipline!.Count == 0 ? long.MaxValue : due);
    }

    private void Arm(long due)
    {
        if (due == long.MaxValue)
        {
            if (IsArmed)
            {
                _device.Node.Cancel(this);
            }
        }
        else if (!IsArmed || Due.Nanoseconds != due)
        {
            _device.Node.Schedule(this, new SimTime(due));
        }
    }

    private uint NextHandle()
    {
        uint handle = _automatic;
        while (Find(handle) is not null)
        {
            handle += 0x1_0000;
        }

        _automatic = handle + 0x1_0000;
        return handle;
    }

    private static IEnumerable<QueueingDiscipline> Walk(QueueingDiscipline discipline)
    {
        yield return discipline;
        foreach ((uint _, QueueingDiscipline child) in discipline.Children)
        {
            foreach (QueueingDiscipline inner in Walk(child))
            {
                yield return inner;
            }
        }
    }
}
