namespace Netemu.Commands.Sockets;

/// <summary>One line of ss, before it is laid out.</summary>
internal readonly record struct SocketRow(
    string Protocol, string State, long Received, long Sent, string LocalAddress, string LocalPort, string PeerAddress, string PeerPort);
