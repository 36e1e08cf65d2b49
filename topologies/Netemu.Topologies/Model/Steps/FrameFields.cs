using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model.Steps;

/// <summary>A frame by its fields. Lengths and checksums are filled in.</summary>
public sealed class FrameFields
{
    public MacAddress? SourceMac { get; internal set; }

    public MacAddress? DestinationMac { get; internal set; }

    public int? EtherType { get; internal set; }

    public int? Vlan { get; internal set; }

    public InternetAddress? Source { get; internal set; }

    public InternetAddress? Destination { get; internal set; }

    public int? Protocol { get; internal set; }

    public int? Ttl { get; internal set; }

    public int? SourcePort { get; internal set; }

    public int? DestinationPort { get; internal set; }

    public int? IcmpType { get; internal set; }

    public int? IcmpCode { get; internal set; }

    /// <summary>The payload in hexadecimal digits.</summary>
    public string? Payload { get; internal set; }
}
