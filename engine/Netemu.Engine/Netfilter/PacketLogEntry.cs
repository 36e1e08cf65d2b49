using Netemu.Core.Time;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Netfilter;

/// <summary>What LOG or NFLOG wrote: when, where, and the line as the kernel's log has it. A group above 0 is NFLOG's.</summary>
public readonly record struct PacketLogEntry(SimTime Time, NetworkNamespace Space, int Group, string Text);
