using System;
using System.Collections.Generic;
using Netemu.Bgp;
using Netemu.Bgp.Pipe;
using Netemu.Bgp.Service;
using Netemu.Core.Randomness;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Topologies.Experiments.Labs;

/// <summary>
/// Speakers joined by the in-memory pipe. With service times, all of them share one server: daemons on one machine, as
/// the meshes of BIRD were measured.
/// </summary>
internal sealed class PipeLab : BgpLab
{
    private readonly EventLoop _loop = new();
    private readonly PipeNetwork _network;
    private readonly Dictionary<LabSpeaker, PipeTransport> _transports = [];
    private readonly ServiceTimes? _times;
    private readonly long _seed;

    public PipeLab(long seed, ServiceTimes? times = null)
    {
        _seed = seed;
        _times = times;
        _network = new PipeNetwork(_loop, Duration.FromMicroseconds(50));
        Server = new ServiceQueue(_loop);
    }

    /// <summary>The machine's CPU.</summary>
    public ServiceQueue Server { get; }

    public override SimTime Now => _loop.Now;

    public override long Packets => 0;

    public override long WireBytes => _network.BytesDelivered;

    public override ulong Hash => Tally.Hash;

    protected override SimTime Instant => _loop.Now;

    protected override bool IsServing => Server.Count > 0;

    public override void RunUntil(SimTime end) => _loop.RunUntil(end);

    public override void Do(Action action) => action();

    public override void PowerOff(LabSpeaker speaker)
    {
        _transports[speaker].PowerOff();
        Tally.Forget(speaker.Speaker!);
        speaker.Speaker!.Destroy();
        speaker.Speaker = null;
    }

    public override void PowerOn(LabSpeaker speaker) => Boot(speaker);

    protected override void Boot(LabSpeaker speaker)
    {
        PipeTransport transport = _network.AddNode(speaker.RouterId);
        _transports[speaker] = transport;
        IByteStreamTransport used = _times is null
            ? transport
            : new ServiceTransport(transport, Server, _times, new RandomSource(_seed, $"{speaker.Name}/service"));
        speaker.Speaker = new BgpSpeaker(speaker.ToConfiguration(), new BgpServices
        {
            Scheduler = _loop,
            Transport = used,
            Random = new RandomSource(_seed, $"{speaker.Name}/bgp"),
            Tables = Tables,
            Observer = Tally,
        });
        speaker.Speaker.Start();
    }
}
