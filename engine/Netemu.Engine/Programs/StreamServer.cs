using System;
using Netemu.Core.Addresses;
using Netemu.Engine.Processes;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Programs;

/// <summary>A server over TCP: accepts for ever and serves each connection beside the others, as if it forked.</summary>
public static class StreamServer
{
    /// <summary>Listens and serves; ends with 1 if the port is not to be had, or no more. A connection is closed when its method ends.</summary>
    public static async ProcessTask<int> RunAsync(
        Process process, InternetAddress address, ushort port, Func<StreamSocket, ProcessTask> serve)
    {
        if (process.Listen(address, port, out Errno _) is not { } listener)
        {
            return 1;
        }

        while (await listener.AcceptAsync() is { } client)
        {
            process.Start(ServeAsync(client, serve));
        }

        return 1;
    }

    private static async ProcessTask ServeAsync(StreamSocket client, Func<StreamSocket, ProcessTask> serve)
    {
        await serve(client);
        client.Close();
    }
}
