using System;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Processes;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Programs.Dns;

/// <summary>
/// One question to one server: over UDP, again after each time-out, and over TCP if the answer did not fit (RFC 7766
/// section 5).
/// </summary>
public sealed class DnsQuery(Process process, InternetAddress server, ushort port, string name, DnsType type)
{
    public Duration Timeout { get; init; } = Duration.FromSeconds(5);

    /// <summary>How often it is asked before giving up.</summary>
    public int Attempts { get; init; } = 1;

    public bool UsesTcp { get; init; }

    public bool RecursionDesired { get; init; } = true;

    /// <summary>The answer; null if none came.</summary>
    public DnsMessage? Answer { get; private set; }

    /// <summary>The size of the answer on the wire.</summary>
    public int AnswerSize { get; private set; }

    /// <summary>ECONNREFUSED and the like, of the last attempt.</summary>
    public Errno Error { get; private set; }

    /// <summary>The ICMP error that ended the last attempt, if one did.</summary>
    public IcmpError? IcmpError { get; private set; }

    /// <summary>From the question to its answer.</summary>
    public Duration Time { get; private set; }

    public async ProcessTask RunAsync()
    {
        for (int attempt = 0; attempt < Attempts && Answer is null; attempt++)
        {
            SimTime start = process.Now;
            ushort id = (ushort)process.Node.Random($"dns/{process.Id}/{process.Now.Nanoseconds}/{name}").NextBelow(65_536);
            DnsMessage query = new() { Id = id, RecursionDesired = RecursionDesired, Question = name.TrimEnd('.'), QuestionType = type };
            if (UsesTcp)
            {
                await AskStreamAsync(query);
            }
            else
            {
                await AskDatagramAsync(query);
            }

            if (Answer is { IsTruncated: true } && !UsesTcp)
            {
                await AskStreamAsync(query);
            }

            Time = process.Now - start;
        }
    }

    private async ProcessTask AskDatagramAsync(DnsMessage query)
    {
        if (process.OpenDatagram(default, 0, out Errno error) is not { } socket)
        {
            Error = error;
            return;
        }

        socket.Connect(server, port);
        Error = socket.Send(query.ToBytes());
        if (Error == Errno.None)
        {
            using Deadline deadline = new(process, Timeout, socket.Readable);
            await ReceiveAsync(socket, deadline, query);
        }

        socket.Close();
    }

    private async ProcessTask ReceiveAsync(DatagramSocket socket, Deadline deadline, DnsMessage query)
    {
        while (!deadline.IsOver)
        {
            socket.Readable.Reset();
            if (socket.Receive() is { } datagram)
            {
                if (DnsMessage.Parse(datagram.Payload) is { IsResponse: true } answer && answer.Id == query.Id
                    && answer.Question.Equals(query.Question, StringComparison.OrdinalIgnoreCase))
                {
                    Answer = answer;
                    AnswerSize = datagram.Payload.Length;
                    return;
                }

                continue;
            }

            if (socket.Error != Errno.None)
            {
                Error = socket.Error;
                IcmpError = socket.LastError;
                return;
            }

            await socket.Readable;
        }

        Error = Errno.ETIMEDOUT;
    }

    private async ProcessTask AskStreamAsync(DnsMessage query)
    {
        StreamSocket socket = process.OpenStream();
        using Deadline deadline = new(process, Timeout, socket);
        Error = await socket.ConnectAsync(server, port);
        if (Error == Errno.None)
        {
            DnsStream stream = new(socket);
            if (await stream.WriteAsync(query.ToBytes()) && await stream.ReadAsync() is { } bytes)
            {
                Answer = DnsMessage.Parse(bytes);
                AnswerSize = bytes.Length;
            }
            else
            {
                Error = socket.Error;
            }
        }

        Error = deadline.IsOver && Answer is null ? Errno.ETIMEDOUT : Error;
        socket.Close();
    }
}
