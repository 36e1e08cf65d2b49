using Netemu.Core.Addresses;

namespace Netemu.Engine.Processes;

/// <summary>A datagram as recvfrom gives it; the payload is the reader's own.</summary>
public sealed record Datagram(InternetAddress From, ushort Port, InternetAddress To, byte[] Payload);
