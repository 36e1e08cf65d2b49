using System;
using System.Buffers.Binary;
using Netemu.Engine.Processes;

namespace Netemu.Engine.Programs.Dns;

/// <summary>DNS messages over TCP: each behind two bytes of length (RFC 1035 section 4.2.2).</summary>
public sealed class DnsStream(StreamSocket socket)
{
    /// <summary>The next message, or null at the end of the stream.</summary>
    public async ProcessTask<byte[]?> ReadAsync()
    {
        byte[] prefix = new byte[2];
        if (!await FillAsync(prefix))
        {
            return null;
        }

        byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        return await FillAsync(message) ? message : null;
    }

    public ProcessTask<bool> WriteAsync(byte[] message)
    {
        byte[] framed = new byte[message.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        return socket.WriteAsync(framed);
    }

    private async ProcessTask<bool> FillAsync(byte[] bytes)
    {
        for (int filled = 0; filled < bytes.Length;)
        {
            int count = await socket.ReadAsync(bytes.AsMemory(filled));
            if (count <= 0)
            {
                return false;
            }

            filled += count;
        }

        return true;
    }
}
