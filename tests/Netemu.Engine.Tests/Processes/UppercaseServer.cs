using System;
using Netemu.Engine.Processes;

namespace Netemu.Engine.Tests.Processes;

/// <summary>A node of one's own, as README shows it: a server that sends every line back in upper case.</summary>
public sealed class UppercaseServer : IProgram
{
    public async ProcessTask<int> RunAsync(Process process)
    {
        StreamListener listener = process.Listen(default, 4000, out _)!;
        while (await listener.AcceptAsync() is { } client)
        {
            process.Start(ServeAsync(client));
        }

        return 1;
    }

    private static async ProcessTask ServeAsync(StreamSocket client)
    {
        byte[] buffer = new byte[1024];
        for (int n; (n = await client.ReadAsync(buffer)) > 0;)
        {
            System.Text.Ascii.ToUpperInPlace(buffer.AsSpan(0, n), out _);
            await client.WriteAsync(buffer.AsMemory(0, n));
        }

        client.Close();
    }
}
