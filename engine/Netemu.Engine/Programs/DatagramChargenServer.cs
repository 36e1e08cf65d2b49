using Netemu.Core.Addresses;
using Netemu.Engine.Processes;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Programs;

/// <summary>The character generator over UDP (RFC 864): one line for each datagram.</summary>
public sealed class DatagramChargenServer(InternetAddress address, ushort port) : IProgram
{
    public async ProcessTask<int> RunAsync(Process process)
    {
        if (process.OpenDatagram(address, port, out Errno _) is not { } socket)
        {
            return 1;
        }

        byte[] line = new byte[74];
        for (int number = 0; ; number++)
        {
            if (await socket.ReceiveAsync() is { } asked)
            {
                ChargenServer.WriteLine(line, number);
                socket.SendTo(asked.From, asked.Port, line);
            }
        }
    }
}
