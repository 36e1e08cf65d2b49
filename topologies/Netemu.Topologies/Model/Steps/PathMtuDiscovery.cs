namespace Netemu.Topologies.Model.Steps;

/// <summary>A socket's IP_MTU_DISCOVER, by the words of <c>ping -M</c>.</summary>
public enum PathMtuDiscovery : byte
{
    Default,
    Do,
    Dont,
    Probe,
}
