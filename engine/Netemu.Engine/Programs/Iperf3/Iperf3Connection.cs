using Netemu.Core.Addresses;

namespace Netemu.Engine.Programs.Iperf3;

/// <summary>The end points of a stream.</summary>
public readonly record struct Iperf3Connection(InternetAddress Local, ushort LocalPort, InternetAddress Remote, ushort RemotePort);
