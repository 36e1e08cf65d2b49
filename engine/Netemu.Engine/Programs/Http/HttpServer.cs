using System;
using System.Globalization;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Engine.Processes;

namespace Netemu.Engine.Programs.Http;

/// <summary>
/// An HTTP/1.1 server (RFC 9110, 9112) with one page at every path, and /bytes/N for downloads of any size. It reads
/// what POST and PUT bring and says how much that was; connections persist.
/// </summary>
public sealed class HttpServer : IProgram
{
    public const ushort WellKnownPort = 80;
    private const string BytesPath = "/bytes/";
    private const long MostBytes = 1L << 40;

    private readonly InternetAddress _address;
    private readonly ushort _port;
    private readonly int _status;
    private readonly byte[]? _body;

    public HttpServer(InternetAddress address, ushort port, int status = 200, string? body = null)
    {
        _address = address;
        _port = port;
        _status = status;
        _body = body is null ? null : Encoding.UTF8.GetBytes(body);
    }

    /// <summary>Requests answered.</summary>
    public long Requests { get; private set; }

    public ProcessTask<int> RunAsync(Process process) => StreamServer.RunAsync(process, _address, _port, ServeAsync);

    /// <summary>The registered phrase of a status (RFC 9110 section 15).</summary>
    public static string ReasonOf(int status) => status switch
    {
        100 => "Continue",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    };

    private async ProcessTask ServeAsync(StreamSocket client)
    {
        HttpReader reader = new(client);
        while (true)
        {
            HttpMessage? request = await reader.ReadHeadAsync();
            if (request is null || request.Parts.Length != 3)
            {
                if (request is not null || reader.IsBroken)
                {
                    await AnswerAsync(client, 400, "bad request\n"u8.ToArray(), closes: true, headOnly: false);
                }

                return;
            }

            if (request["Expect"] is { } expected && expected.Equals("100-continue", StringComparison.OrdinalIgnoreCase))
            {
                await client.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
            }

            long received = 0;
            await reader.ReadBodyAsync(request, toEnd: false, piece => received += piece.Length);
            if (reader.IsBroken)
            {
                return;
            }

            Requests++;
            if (!await RespondAsync(client, request, received) || request.EndsConnection)
            {
                return;
            }
        }
    }

    private async ProcessTask<bool> RespondAsync(StreamSocket client, HttpMessage request, long received)
    {
        string method = request.Parts[0];
        string target = request.Parts[1];
        bool closes = request.EndsConnection;
        if (request["Host"] is null && !request.StartLine.EndsWith("HTTP/1.0", StringComparison.Ordinal))
        {
            // RFC 9112 section 3.2.
            return await AnswerAsync(client, 400, "no host\n"u8.ToArray(), closes, headOnly: false);
        }

        switch (method)
        {
            case "GET" or "HEAD" when target.StartsWith(BytesPath, StringComparison.Ordinal)
                && long.TryParse(target[BytesPath.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long size) && size <= MostBytes:
                return await SendBytesAsync(client, size, closes, headOnly: method == "HEAD");
            case "GET" or "HEAD":
                byte[] page = _body ?? Encoding.UTF8.GetBytes($"{client.Process.Namespace.QualifiedName}\n");
                return await AnswerAsync(client, _status, page, closes, headOnly: method == "HEAD");
            case "POST" or "PUT":
                byte[] answer = _body ?? Encoding.UTF8.GetBytes(received.ToString(CultureInfo.InvariantCulture) + " bytes\n");
                return await AnswerAsync(client, _status, answer, closes, headOnly: false);
            default:
                return await AnswerAsync(client, 501, "no such method\n"u8.ToArray(), closes, headOnly: false);
        }
    }

    private static HttpMessage Head(int status, long length, bool closes)
    {
        HttpMessage head = new() { StartLine = $"HTTP/1.1 {status} {ReasonOf(status)}" };
        head.With("Server", "netemu").With("Content-Type", "text/plain").With("Content-Length", length.ToString(CultureInfo.InvariantCulture));
        return closes ? head.With("Connection", "close") : head;
    }

    private static async ProcessTask<bool> AnswerAsync(StreamSocket client, int status, byte[] body, bool closes, bool headOnly)
    {
        bool empty = status is 204 or 304 or (>= 100 and < 200);
        byte[] head = Head(status, empty ? 0 : body.Length, closes).ToBytes();
        byte[] message = headOnly || empty ? head : [.. head, .. body];
        return await client.WriteAsync(message);
    }

    /// <summary>A body of a repeating pattern, made as it is sent.</summary>
    private static async ProcessTask<bool> SendBytesAsync(StreamSocket client, long size, bool closes, bool headOnly)
    {
        bool sent = await client.WriteAsync(Head(200, size, closes).ToBytes());
        byte[] block = new byte[65_536];
        for (int i = 0; i < block.Length; i++)
        {
            block[i] = (byte)('a' + (i % 26));
        }

        while (sent && size > 0 && !headOnly)
        {
            int count = (int)Math.Min(size, block.Length - (block.Length % 26));
            sent = await client.WriteAsync(block.AsMemory(0, count));
            size -= count;
        }

        return sent;
    }
}
