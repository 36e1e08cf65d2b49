using System;
using System.Collections.Generic;
using System.Globalization;
using Netemu.Core.Time;
using Netemu.Engine.Processes;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Programs.Http;

/// <summary>One request and its answer, as far as it got: a client (RFC 9110) that closes the connection afterwards.</summary>
public sealed class HttpExchange(Process process, HttpRequest request)
{
    private readonly List<byte> _body = [];

    /// <summary>How far it got.</summary>
    public HttpProgress Progress { get; private set; }

    /// <summary>Why it went no further; none where all went well or the answer was no HTTP.</summary>
    public Errno Error { get; private set; }

    /// <summary>The socket once the connection was begun.</summary>
    public StreamSocket? Socket { get; private set; }

    /// <summary>The head of what was sent.</summary>
    public HttpMessage? Sent { get; private set; }

    /// <summary>The head of the answer; null if none came.</summary>
    public HttpMessage? Answer { get; private set; }

    /// <summary>The status of the answer; 0 without one.</summary>
    public int Status => Answer is not null && int.TryParse(Answer.Parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int status) ? status : 0;

    public byte[] Body => [.. _body];

    public long Received { get; private set; }

    /// <summary>False to count the answer's bytes only.</summary>
    public bool KeepsBody { get; init; } = true;

    public SimTime Started { get; private set; }

    public SimTime Connected { get; private set; }

    public SimTime FirstByte { get; private set; }

    public SimTime Ended { get; private set; }

    /// <summary>Runs to the end; a redirection is an answer like any other.</summary>
    public async ProcessTask RunAsync()
    {
        Started = process.Now;
        Socket = process.OpenStream();
        Error = await Socket.ConnectAsync(request.Address, request.Port, request.Options);
        Connected = process.Now;
        if (Error == Errno.None)
        {
            Progress = HttpProgress.Connected;
            await TalkAsync(Socket);
        }

        Ended = process.Now;
        Socket.Close();
    }

    private async ProcessTask TalkAsync(StreamSocket socket)
    {
        Sent = new HttpMessage { StartLine = $"{request.Method} {request.Target} HTTP/1.1" };
        Sent.With("Host", request.Host);
        foreach (KeyValuePair<string, string> field in request.Fields)
        {
            Sent.With(field.Key, field.Value);
        }

        if (request.Body is not null)
        {
            Sent.With("Content-Length", request.Body.Length.ToString(CultureInfo.InvariantCulture));
        }

        byte[] head = Sent.ToBytes();
        if (!await socket.WriteAsync(request.Body is null ? head : [.. head, .. request.Body]))
        {
            Error = socket.Error;
            return;
        }

        HttpReader reader = new(socket);
        do
        {
            Answer = await reader.ReadHeadAsync();
        }
        while (Status is >= 100 and < 200);

        FirstByte = process.Now;
        if (Answer is null)
        {
            Progress = reader.HasStarted ? HttpProgress.Malformed : Progress;
            Error = socket.Error;
            return;
        }

        Progress = HttpProgress.Answered;
        if (request.Method != "HEAD" && Status is not (204 or 304))
        {
            await reader.ReadBodyAsync(Answer, toEnd: true, Take);
        }

        Error = socket.Error;
        Progress = reader.IsBroken ? HttpProgress.Cut : HttpProgress.Complete;
    }

    private void Take(ReadOnlyMemory<byte> piece)
    {
        Received += piece.Length;
        if (KeepsBody)
        {
            _body.AddRange(piece.Span);
        }
    }
}
