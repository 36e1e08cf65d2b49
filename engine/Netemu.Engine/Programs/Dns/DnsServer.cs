using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Processes;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Programs.Dns;

/// <summary>
/// A DNS server (RFC 1034, 1035) over UDP and TCP: authoritative for the names that it is given and their reverse names;
/// all else is asked of a forwarder, or does not exist.
/// </summary>
public sealed class DnsServer(
    InternetAddress address,
    ushort port,
    IReadOnlyList<KeyValuePair<string, IReadOnlyList<InternetAddress>>> zone,
    InternetAddress? forwarder = null) : IProgram
{
    public const ushort WellKnownPort = 53;
    private const uint TimeToLive = 300;

    /// <summary>Questions that have been answered.</summary>
    public long Queries { get; private set; }

    public async ProcessTask<int> RunAsync(Process process)
    {
        if (process.OpenDatagram(address, port, out Errno _) is not { } socket)
        {
            return 1;
        }

        if (process.Listen(address, port, out Errno _) is { } listener)
        {
            process.Start(AcceptAsync(process, listener));
        }

        while (true)
        {
            if (await socket.ReceiveAsync() is { } datagram && DnsMessage.Parse(datagram.Payload) is { IsResponse: false } query)
            {
                process.Start(AnswerAsync(process, socket, datagram, query));
            }
        }
    }

    private async ProcessTask AnswerAsync(Process process, DatagramSocket socket, Datagram from, DnsMessage query)
    {
        DnsMessage answer = await ResolveAsync(process, query);
        socket.SendTo(from.From, from.Port, answer.ToBytes(DnsMessage.LargestDatagram));
    }

    private async ProcessTask AcceptAsync(Process process, StreamListener listener)
    {
        while (await listener.AcceptAsync() is { } client)
        {
            process.Start(ServeAsync(process, client));
        }
    }

    /// <summary>Messages with their length before them (RFC 1035 section 4.2.2).</summary>
    private async ProcessTask ServeAsync(Process process, StreamSocket client)
    {
        DnsStream stream = new(client);
        while (await stream.ReadAsync() is { } bytes && DnsMessage.Parse(bytes) is { IsResponse: false } query)
        {
            DnsMessage answer = await ResolveAsync(process, query);
            if (!await stream.WriteAsync(answer.ToBytes()))
            {
                break;
            }
        }

        client.Close();
    }

    private async ProcessTask<DnsMessage> ResolveAsync(Process process, DnsMessage query)
    {
        Queries++;
        DnsMessage answer = query.Reply();
        answer.RecursionAvailable = forwarder is not null;
        if (query.OperationCode != 0)
        {
            answer.ResponseCode = DnsResponseCode.NOTIMP;
            return answer;
        }

        if (Lookup(query, answer))
        {
            answer.IsAuthoritative = true;
            return answer;
        }

        if (forwarder is not { } next || !query.RecursionDesired)
        {
            answer.IsAuthoritative = forwarder is null;
            answer.ResponseCode = forwarder is null ? DnsResponseCode.NXDOMAIN : DnsResponseCode.REFUSED;
            return answer;
        }

        DnsQuery asked = new(process, next, WellKnownPort, query.Question, query.QuestionType) { Timeout = Duration.FromSeconds(2) };
        await asked.RunAsync();
        if (asked.Answer is not { } found)
        {
            answer.ResponseCode = DnsResponseCode.SERVFAIL;
            return answer;
        }

        answer.ResponseCode = found.ResponseCode;
        foreach (DnsRecord record in found.Answers)
        {
            answer.Answers.Add(record);
        }

        return answer;
    }

    /// <summary>Answers from the zone; false if the name is not in it.</summary>
    private bool Lookup(DnsMessage query, DnsMessage answer)
    {
        bool known = false;
        foreach (KeyValuePair<string, IReadOnlyList<InternetAddress>> entry in zone)
        {
            string name = entry.Key.TrimEnd('.');
            if (name.Equals(query.Question, StringComparison.OrdinalIgnoreCase))
            {
                known = true;
                foreach (InternetAddress found in entry.Value)
                {
                    DnsType type = found.IsIPv4 ? DnsType.A : DnsType.AAAA;
                    if (query.QuestionType == type || query.QuestionType == DnsType.ANY)
                    {
                        answer.Answers.Add(new DnsRecord(query.Question, type, TimeToLive) { Address = found });
                    }
                }
            }
            else if (entry.Value.Any(a => DnsMessage.ReverseName(a).Equals(query.Question, StringComparison.OrdinalIgnoreCase)))
            {
                known = true;
                if (query.QuestionType is DnsType.PTR or DnsType.ANY)
                {
                    answer.Answers.Add(new DnsRecord(query.Question, DnsType.PTR, TimeToLive) { Target = name });
                }
            }
        }

        return known;
    }
}
