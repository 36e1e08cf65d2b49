using Netemu.Core.Addresses;
using Netemu.Engine.Processes;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Programs;

/// <summary>The echo service over UDP (RFC 862).</summary>
public sealed class DatagramEchoServer(InternetAddress address, ushort port) : IProgram
{
    public async ProcessTask<int> RunAsync(Process process)
    {
        if (process.OpenDatagram(address, port, out Errno _) is not { } socket)
        {
            return 1;
        }

        while (true)
        {
            if (await socket.ReceiveAsync() is { } datagram)
            {
                socket.SendTo(datagram.From, datagram.Port, datagram.Payload);
            }
        }
    }
}
