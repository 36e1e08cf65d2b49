using System.Text;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Processes;
using Netemu.Engine.Programs.Http;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tcp;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Running.Probes;

/// <summary>One HTTP request, from a process of its own in the sending namespace. The step ends with the answer or its timeout.</summary>
internal sealed class HttpExecution(HttpProbe probe, StepContext context) : ProbeExecution(probe, context), IProgram
{
    private HttpExchange? _exchange;
    private Process? _process;
    private IcmpError? _icmp;
    private bool _timedOut;
    private CallbackTimer? _timer;

    public async ProcessTask<int> RunAsync(Process process)
    {
        _exchange = new HttpExchange(process, new HttpRequest
        {
            Address = Destination,
            Port = (ushort)probe.Port,
            Method = probe.Method,
            Target = probe.Path,
            Host = probe.Host ?? HostOf(),
            Fields = [new("User-Agent", "netemu"), new("Accept", "*/*")],
            Body = probe.Body is null ? null : Encoding.UTF8.GetBytes(probe.Body),
            Options = new StreamOptions
            {
                LocalAddress = probe.Source ?? default,
                Ttl = (byte)(probe.Ttl ?? 0),
                TrafficClass = (byte)(probe.Tos ?? 0),
            },
        });
        await _exchange.RunAsync();
        return 0;
    }

    public override ObservedMapping Observe()
    {
        ObservedMapping seen = new();
        seen.With("outcome", Outcome());
        seen.WithAny("errno", Failure ?? (_timedOut ? nameof(Errno.ETIMEDOUT) : _exchange is { Error: not Errno.None } e ? e.Error.ToString() : null));
        if (_exchange is not { Answer: { } answer } exchange)
        {
            if (_icmp is { } error)
            {
                seen.With("type", error.Type).With("code", error.Code)
                    .With("icmp", IcmpNames.Of(error.Type, error.Code, error.From.IsIPv6)).With("from", error.From);
            }

            return seen;
        }

        ObservedMapping headers = new();
        foreach ((string name, string value) in answer.Fields)
        {
            string key = name.ToLowerInvariant();
            if (headers[key] is null)
            {
                headers.With(key, value);
            }
        }

        return seen.With("status", exchange.Status).With("size", exchange.Received).With("body", Encoding.UTF8.GetString(exchange.Body))
            .With("headers", headers).With("time", exchange.Ended - exchange.Started);
    }

    public override void Close()
    {
        _process?.Kill();
        if (Space?.TcpOrNull is { } table)
        {
            table.ErrorReported -= NoteError;
        }

        if (_timer is not null)
        {
            Disarm(_timer);
        }
    }

    protected override void Start(NetworkNamespace space)
    {
        space.Tcp.ErrorReported += NoteError;
        _timer = new CallbackTimer(TimeOut);
        Arm(_timer, space.Node.Now + probe.Timeout);
        _process = space.Node.Processes.Start(space, "http-probe", this);
        _process.WhenExited(_ => Finish(space.Node.Now));
    }

    private void TimeOut()
    {
        _timedOut = true;
        _process?.Kill();
    }

    private void NoteError(TcpConnection connection, IcmpError error)
    {
        if (ReferenceEquals(connection, _exchange?.Socket?.Connection))
        {
            _icmp = error;
        }
    }

    private string Outcome() => _exchange switch
    {
        { Progress: HttpProgress.Complete } => "response",
        _ when _timedOut => "timeout",
        { Progress: HttpProgress.Cut } => "cut",
        { Progress: HttpProgress.Malformed } => "malformed",
        { Progress: HttpProgress.Connected, Error: Errno.None } => "empty",
        { Error: Errno.ECONNREFUSED } when _icmp is null => "refused",
        { Error: Errno.ECONNRESET } => "reset",
        { Error: Errno.ETIMEDOUT } => "timeout",
        _ when _icmp is not null => "icmp",
        _ => "errno",
    };

    /// <summary>The Host field: the target, with its port unless that is 80.</summary>
    private string HostOf()
    {
        string host = Destination.IsIPv6 ? $"[{Destination}]" : Destination.ToString();
        return probe.Port == HttpServer.WellKnownPort ? host : $"{host}:{probe.Port}";
    }
}
