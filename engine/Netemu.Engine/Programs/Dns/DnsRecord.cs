using System;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Programs.Dns;

/// <summary>One resource record. Data of names and addresses is decoded; all else keeps its bytes.</summary>
public sealed record DnsRecord(string Name, DnsType Type, uint TimeToLive)
{
    /// <summary>The address of an A or AAAA record.</summary>
    public InternetAddress Address { get; init; }

    /// <summary>The name of a CNAME, NS or PTR record.</summary>
    public string Target { get; init; } = string.Empty;

    /// <summary>Data of other types.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }
}
