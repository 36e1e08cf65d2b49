using System;
using Netemu.Core.Addresses;
using Netemu.Engine.Processes;

namespace Netemu.Engine.Programs;

/// <summary>The echo service over TCP (RFC 862): what comes goes back.</summary>
public sealed class EchoServer(InternetAddress address, ushort port) : IProgram
{
    public const ushort WellKnownPort = 7;

    public ProcessTask<int> RunAsync(Process process) => StreamServer.RunAsync(process, address, port, EchoAsync);

    private static async ProcessTask EchoAsync(StreamSocket client)
    {
        byte[] buffer = new byte[16_384];
        int count;
        while ((count = await client.ReadAsync(buffer)) > 0 && await client.WriteAsync(buffer.AsMemory(0, count)))
        {
        }
    }
}
