using System;
using System.Globalization;
using System.Text;
using Netemu.Engine.Processes;

namespace Netemu.Engine.Programs.Http;

/// <summary>Takes HTTP/1.1 messages off a connection: heads, and bodies by length, in chunks, or to the end (RFC 9112 section 6.3).</summary>
public sealed class HttpReader(StreamSocket socket)
{
    private const int MostHead = 65_536;

    private byte[] _buffer = new byte[8_192];
    private int _start;
    private int _end;

    /// <summary>True if a body ended before it was complete, or was malformed.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>True once anything has arrived.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>The next head; null at the end of the stream, after an error, or if it is malformed (<see cref="IsBroken"/>).</summary>
    public async ProcessTask<HttpMessage?> ReadHeadAsync()
    {
        while (true)
        {
            int end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                HttpMessage? message = HttpMessage.Parse(_buffer.AsSpan(_start, end));
                _start += end + 4;
                IsBroken = message is null;
                return message;
            }

            if (_end - _start > MostHead)
            {
                IsBroken = true;
                return null;
            }

            if (!await FillAsync())
            {
                IsBroken = _end > _start;
                return null;
            }
        }
    }

    /// <summary>
    /// Reads a body and hands its pieces on as they come. <paramref name="toEnd"/> says that without length and chunks it
    /// lasts to the end of the stream, as an answer's does; a request has none then.
    /// </summary>
    public async ProcessTask ReadBodyAsync(HttpMessage head, bool toEnd, Action<ReadOnlyMemory<byte>> take)
    {
        if (head.IsChunked)
        {
            await ReadChunksAsync(take);
            return;
        }

        long length = head.ContentLength;
        if (length == -2)
        {
            IsBroken = true;
            return;
        }

        await ReadLengthAsync(length >= 0 ? length : toEnd ? long.MaxValue : 0, take, mayEnd: length < 0);
    }

    private async ProcessTask ReadLengthAsync(long length, Action<ReadOnlyMemory<byte>> take, bool mayEnd)
    {
        while (length > 0)
        {
            int here = (int)Math.Min(length, _end - _start);
            if (here > 0)
            {
                take(_buffer.AsMemory(_start, here));
                _start += here;
                length -= here;
                continue;
            }

            if (!await FillAsync())
            {
                IsBroken = !mayEnd;
                return;
            }
        }
    }

    private async ProcessTask ReadChunksAsync(Action<ReadOnlyMemory<byte>> take)
    {
        while (true)
        {
            string? line = await ReadLineAsync();
            if (line is null
                || !long.TryParse(line.Split(';')[0].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long size)
                || size < 0)
            {
                IsBroken = true;
                return;
            }

            if (size > 0)
            {
                await ReadLengthAsync(size, take, mayEnd: false);
                if (IsBroken || await ReadLineAsync() is not "")
                {
                    IsBroken = true;
                    return;
                }

                continue;
            }

            // The trailer ends with an empty line.
            while (await ReadLineAsync() is { } trailer)
            {
                if (trailer.Length == 0)
                {
                    return;
                }
            }

            IsBroken = true;
            return;
        }
    }

    private async ProcessTask<string?> ReadLineAsync()
    {
        while (true)
        {
            int end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
            if (end >= 0)
            {
                string line = Encoding.Latin1.GetString(_buffer, _start, end);
                _start += end + 2;
                return line;
            }

            if (_end - _start > MostHead || !await FillAsync())
            {
                return null;
            }
        }
    }

    private async ProcessTask<bool> FillAsync()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            byte[] buffer = _end - _start > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
            _buffer.AsSpan(_start, _end - _start).CopyTo(buffer);
            _end -= _start;
            _start = 0;
            _buffer = buffer;
        }

        int count = await socket.ReadAsync(_buffer.AsMemory(_end));
        if (count <= 0)
        {
            return false;
        }

        HasStarted = true;
        _end += count;
        return true;
    }
}
