using System;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Processes;
using Netemu.Engine.Programs.Dns;
using Netemu.Engine.Sockets;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Running.Probes;

/// <summary>One DNS query to a server, or to the first one that the namespace uses.</summary>
internal sealed class DnsExecution(DnsProbe probe, StepContext context) : ProbeExecution(probe, context), IProgram
{
    private InternetAddress _server;
    private DnsQuery? _query;
    private Process? _process;

    public async ProcessTask<int> RunAsync(Process process)
    {
        DnsType type = Enum.Parse<DnsType>(probe.Type);
        _query = new DnsQuery(process, _server, (ushort)probe.Port, probe.Name, type) { Timeout = probe.Timeout };
        await _query.RunAsync();
        return 0;
    }

    public override ObservedMapping Observe()
    {
        ObservedMapping seen = new();
        seen.With("outcome", Outcome());
        seen.WithAny("errno", Failure ?? (_query is { Answer: null, Error: not Errno.None } q ? q.Error.ToString() : null));
        if (_query?.IcmpError is { } error)
        {
            return seen.With("type", error.Type).With("code", error.Code)
                .With("icmp", IcmpNames.Of(error.Type, error.Code, error.From.IsIPv6)).With("from", error.From);
        }

        if (_query?.Answer is not { } answer)
        {
            return seen;
        }

        seen.With("rcode", answer.ResponseCode.ToString()).With("from", _server).With("authoritative", answer.IsAuthoritative);
        return seen.WithList("addresses", answer.Answers.Where(a => !a.Address.IsNone).Select(a => (ObservedValue)a.Address))
            .With("time", _query.Time);
    }

    public override void Close() => _process?.Kill();

    protected override void Start(NetworkNamespace space)
    {
        _server = !Destination.IsNone ? Destination : space.Names.Servers.Count > 0 ? space.Names.Servers[0] : default;
        if (_server.IsNone)
        {
            Failure = "no name server";
            Finish(space.Node.Now);
            return;
        }

        _process = space.Node.Processes.Start(space, "dns-probe", this);
        _process.WhenExited(_ => Finish(space.Node.Now));
    }

    private string Outcome() => _query switch
    {
        { Answer.ResponseCode: DnsResponseCode.NOERROR } => "reply",
        { Answer.ResponseCode: DnsResponseCode.NXDOMAIN } => "nxdomain",
        { Answer.ResponseCode: DnsResponseCode.SERVFAIL } => "servfail",
        { Answer: not null } => "error",
        { IcmpError: not null } => "icmp",
        { Error: Errno.ETIMEDOUT } => "timeout",
        { Error: Errno.None } => "timeout",
        _ => "errno",
    };
}
