using Netemu.Core.Addresses;
using Netemu.Engine.Processes;

namespace Netemu.Engine.Programs;

/// <summary>The discard service over TCP (RFC 863): reads and forgets.</summary>
public sealed class DiscardServer(InternetAddress address, ushort port) : IProgram
{
    public const ushort WellKnownPort = 9;

    public ProcessTask<int> RunAsync(Process process) => StreamServer.RunAsync(process, address, port, DiscardAsync);

    private static async ProcessTask DiscardAsync(StreamSocket client)
    {
        byte[] buffer = new byte[65_536];
        while (await client.ReadAsync(buffer) > 0)
        {
        }
    }
}
