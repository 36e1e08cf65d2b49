using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Queueing;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Queueing;

/// <summary>A device that only counts, behind a discipline under test: frames are numbered, and their departures noted.</summary>
internal sealed class QueueBench : IDisposable, IFrameTap
{
    private readonly EmulatedNetwork _network;
    private int _sent;

    public QueueBench(QueueingDiscipline discipline, long seed = 1)
    {
        _network = new EmulatedNetwork(new EmulationOptions { Seed = seed });
        Device = new DummyDevice(_network.Host("h").Root, "d");
        Device.SetUp(true);
        Device.AddTap(this);
        Device.WritableEgress().Install(discipline);
        Discipline = discipline;
    }

    public DummyDevice Device { get; }

    public QueueingDiscipline Discipline { get; }

    public Emulation Emulation => _network.Emulation;

    /// <summary>Number and instant of each frame that has left, in nanoseconds.</summary>
    public List<(int Number, long Time)> Departures { get; } = [];

    /// <summary>The checksum flags of each frame that has left.</summary>
    public List<FrameFlags> Flags { get; } = [];

    /// <summary>Sends frames of one length at this instant.</summary>
    public void Send(int count, int length = 64, Action<Frame>? prepare = null)
    {
        for (int i = 0; i < count; i++)
        {
            Frame frame = Emulation.Frames.Rent(length);
            frame.Bytes.Clear();
            BinaryPrimitives.WriteInt32BigEndian(frame.Bytes[^4..], _sent++);
            prepare?.Invoke(frame);
            Device.Transmit(frame);
        }
    }

    public void Run(Duration duration) => _network.Run(duration);

    public void Seen(Frame frame, NetDevice device, bool outgoing)
    {
        Departures.Add((BinaryPrimitives.ReadInt32BigEndian(frame.Bytes[^4..]), device.Node.Now.Nanoseconds));
        Flags.Add(frame.Flags & (FrameFlags.HeaderChecked | FrameFlags.TransportChecked));
    }

    public void Dispose() => _network.Dispose();
}
