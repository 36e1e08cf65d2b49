using System;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Netemu.Engine.Processes;

namespace Netemu.Engine.Programs.Iperf3;

/// <summary>The control connection: states of one byte, and JSON behind four bytes of length (iperf_util.c, iperf_api.c).</summary>
internal sealed class Iperf3Control(StreamSocket socket)
{
    /// <summary>36 characters and their terminator.</summary>
    public const int CookieSize = 37;
    private const int MostJson = 1 << 20;

    public StreamSocket Socket => socket;

    public ProcessTask<bool> SendAsync(Iperf3State state) => socket.WriteAsync(new[] { (byte)state });

    /// <summary>The next state; null when the other side is gone.</summary>
    public async ProcessTask<Iperf3State?> ReceiveAsync()
    {
        byte[] state = new byte[1];
        return await FillAsync(state) ? (Iperf3State)(sbyte)state[0] : null;
    }

    public async ProcessTask<byte[]?> ReceiveCookieAsync()
    {
        byte[] cookie = new byte[CookieSize];
        return await FillAsync(cookie) ? cookie : null;
    }

    public ProcessTask<bool> SendAsync(JsonObject message)
    {
        byte[] text = Encoding.UTF8.GetBytes(message.ToJsonString());
        byte[] framed = new byte[text.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(framed, text.Length);
        text.CopyTo(framed, 4);
        return socket.WriteAsync(framed);
    }

    /// <summary>The next message; null when the other side is gone or sends something else.</summary>
    public async ProcessTask<JsonObject?> ReceiveMessageAsync()
    {
        byte[] prefix = new byte[4];
        if (!await FillAsync(prefix) || BinaryPrimitives.ReadInt32BigEndian(prefix) is < 0 or >= MostJson)
        {
            return null;
        }

        byte[] text = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
        if (!await FillAsync(text))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
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
