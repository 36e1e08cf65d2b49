using Netemu.Core.Addresses;
using Netemu.Engine.Processes;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Programs;

/// <summary>The discard service over UDP (RFC 863).</summary>
public sealed class DatagramDiscardServer(InternetAddress address, ushort port) : IProgram
{
    public async ProcessTask<int> RunAsync(Process process)
    {
        if (process.OpenDatagram(address, port, out Errno _) is not { } socket)
        {
            return 1;
        }

        while (true)
        {
            await socket.ReceiveAsync();
        }
    }
}
