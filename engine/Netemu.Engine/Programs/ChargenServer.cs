using System;
using Netemu.Core.Addresses;
using Netemu.Engine.Processes;

namespace Netemu.Engine.Programs;

/// <summary>The character generator over TCP (RFC 864): lines of 72 printing characters, until the other side has enough.</summary>
public sealed class ChargenServer(InternetAddress address, ushort port) : IProgram
{
    public const ushort WellKnownPort = 19;
    private const int LineLength = 72;
    private const int Characters = 95;

    public ProcessTask<int> RunAsync(Process process) => StreamServer.RunAsync(process, address, port, GenerateAsync);

    /// <summary>Line <paramref name="number"/> of the pattern that RFC 864 suggests, with its CR and LF.</summary>
    public static void WriteLine(Span<byte> line, int number)
    {
        for (int i = 0; i < LineLength; i++)
        {
            line[i] = (byte)(' ' + ((number + i) % Characters));
        }

        line[LineLength] = (byte)'\r';
        line[LineLength + 1] = (byte)'\n';
    }

    private static async ProcessTask GenerateAsync(StreamSocket client)
    {
        byte[] pattern = new byte[(LineLength + 2) * Characters];
        for (int i = 0; i < Characters; i++)
        {
            WriteLine(pattern.AsSpan(i * (LineLength + 2)), i);
        }

        while (!client.IsEndOfStream && await client.WriteAsync(pattern))
        {
        }
    }
}
