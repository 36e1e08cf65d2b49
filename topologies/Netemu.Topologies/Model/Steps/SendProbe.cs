using System;

namespace Netemu.Topologies.Model.Steps;

/// <summary>A raw frame that leaves a device unchanged, from the Ethernet header on and without FCS.</summary>
public sealed class SendProbe : StepAction
{
    public override string Kind => "send";

    public DeviceRef From { get; internal set; } = null!;

    /// <summary>The frame's bytes; empty where <see cref="Fields"/> are given.</summary>
    public ReadOnlyMemory<byte> Frame { get; internal set; }

    public FrameFields? Fields { get; internal set; }

    public int Count { get; internal set; } = 1;
}
