namespace Netemu.Topologies.Model;

/// <summary>
/// A device by its owner and name: <c>node:dev</c>, <c>node/ns:dev</c> or <c>pod:NS/NAME:dev</c>. The owner is a
/// <see cref="NodeEndpoint"/> or a <see cref="PodEndpoint"/>.
/// </summary>
public sealed record DeviceRef(EndpointRef Owner, string Device)
{
    public override string ToString() => $"{Owner}:{Device}";
}
