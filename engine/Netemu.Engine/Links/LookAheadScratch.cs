using Netemu.Core.Addresses;

namespace Netemu.Engine.Links;

/// <summary>What a channel's look-ahead writes down on its way: kept by the worker, so that nothing is cleared each time.</summary>
internal sealed class LookAheadScratch
{
    public readonly IPv4Address[] Destinations = new IPv4Address[LinkChannel.LookAheadLength];
    public readonly int[] Routes = new int[LinkChannel.LookAheadLength];
}
