using System;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>Which conditions a compiled rule holds in its own fields.</summary>
[Flags]
internal enum RuleConditions : ushort
{
    None = 0,
    Source = 1,
    Destination = 2,
    Protocol = 4,
    Input = 8,
    Output = 16,
    SourcePort = 32,
    DestinationPort = 64,
    State = 128,
    Mark = 256,
    Others = 512,

    /// <summary>What is on the frame, so that headers need not be read.</summary>
    Cheap = State | Mark,
    Headers = Source | Destination | Protocol | Ports,
    Ports = SourcePort | DestinationPort,
}
