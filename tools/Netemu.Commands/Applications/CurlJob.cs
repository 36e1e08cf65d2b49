using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Processes;
using Netemu.Engine.Programs.Dns;
using Netemu.Engine.Programs.Http;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Applications;

/// <summary>A running curl: name, connection, request, answer, redirections, and what it says of each.</summary>
internal sealed class CurlJob(CurlOptions options) : ProgramJob
{
    private const int MostRedirections = 50;

    private HttpExchange? _exchange;
    private SimTime _started;
    private SimTime _resolved;
    private InternetAddress _address;

    public override async ProcessTask<int> RunAsync(Process process)
    {
        _started = process.Now;
        CurlOptions current = options;
        for (int redirections = 0; ; redirections++)
        {
            int exit = await RequestAsync(process, current);
            if (exit != 0 || !options.Follows || _exchange?.Answer?["Location"] is not { } location || _exchange.Status is < 300 or > 399)
            {
                WriteOut(current, redirections);
                return exit;
            }

            if (redirections >= MostRedirections)
            {
                return Fail(47, $"Maximum ({MostRedirections}) redirects followed");
            }

            string next = location.StartsWith('/') ? $"http://{current.Host}:{current.Port}{location}" : location;
            if (CurlCommand.ReadUrl(next, ref current) is not null)
            {
                return Fail(1, "Protocol not supported or disabled in libcurl");
            }
        }
    }

    private async ProcessTask<int> RequestAsync(Process process, CurlOptions current)
    {
        _address = await StubResolver.ResolveAsync(process, current.Host, current.Family);
        _resolved = process.Now;
        if (_address.IsNone)
        {
            return Fail(6, $"Could not resolve host: {current.Host.Trim('[', ']')}");
        }

        if (!TryBind(process.Namespace, out InternetAddress local))
        {
            return Fail(45, $"Couldn't bind to '{options.Interface}'");
        }

        Verbose($"*   Trying {(_address.IsIPv6 ? $"[{_address}]" : _address)}:{current.Port}...");
        _exchange = new HttpExchange(process, RequestOf(current, local));
        WaitQueue ended = process.CreateWaitQueue();
        bool over = false;
        CurlTimer timer = new(process, _exchange, ended);
        timer.Start(_started, options.MaximumTime, options.ConnectTimeout);
        process.Start(RunExchangeAsync());
        while (!over && !timer.IsOver)
        {
            await ended;
        }

        timer.Stop();
        Duration elapsed = process.Now - _started;
        if (!over)
        {
            _exchange.Socket?.Close();
            return _exchange.Progress == HttpProgress.Connecting
                ? Fail(28, timer.IsConnectTimeout
                    ? $"Failed to connect to {current.Host} port {current.Port} after {elapsed.Milliseconds} ms: Timeout was reached"
                    : $"Connection timed out after {elapsed.Milliseconds} milliseconds")
                : Fail(28, $"Operation timed out after {elapsed.Milliseconds} milliseconds with {_exchange.Received} bytes received");
        }

        return Report(current, _exchange);

        async ProcessTask RunExchangeAsync()
        {
            await _exchange.RunAsync();
            over = true;
            ended.Wake();
        }
    }

    private HttpRequest RequestOf(CurlOptions current, InternetAddress local)
    {
        List<KeyValuePair<string, string>> fields = [];
        if (!current.Fields.Has("User-Agent"))
        {
            fields.Add(new("User-Agent", current.UserAgent));
        }

        if (!current.Fields.Has("Accept"))
        {
            fields.Add(new("Accept", "*/*"));
        }

        string host = current.Port == HttpServer.WellKnownPort ? current.Host : $"{current.Host}:{current.Port}";
        foreach ((string name, string value) in current.Fields)
        {
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                host = value;
            }
            else
            {
                fields.Add(new(name, value));
            }
        }

        return new HttpRequest
        {
            Address = _address,
            Port = current.Port,
            Method = current.Method,
            Target = current.Path,
            Host = host,
            Fields = fields,
            Body = current.Data is null ? null : Encoding.UTF8.GetBytes(current.Data),
            Options = new StreamOptions { LocalAddress = local, LocalPort = options.LocalPort },
        };
    }

    private int Report(CurlOptions current, HttpExchange exchange)
    {
        if (exchange.Progress == HttpProgress.Connecting)
        {
            Duration took = exchange.Connected - _started;
            return Fail(7, $"Failed to connect to {current.Host} port {current.Port} after {took.Milliseconds} ms: Couldn't connect to server");
        }

        Verbose($"* Connected to {current.Host} ({_address}) port {current.Port} (#0)");
        if (exchange.Sent is { } sent)
        {
            VerboseHead('>', sent);
        }

        if (exchange.Answer is not { } answer)
        {
            return exchange.Error == Errno.ECONNRESET ? Fail(56, "Recv failure: Connection reset by peer")
                : exchange.Progress == HttpProgress.Malformed ? Fail(1, "Received HTTP/0.9 when not allowed")
                : Fail(52, "Empty reply from server");
        }

        VerboseHead('<', answer);
        if (options.Fails && exchange.Status >= 400)
        {
            return Fail(22, $"The requested URL returned error: {exchange.Status}");
        }

        if (options.ShowsHead)
        {
            Output.Out.Append(Encoding.Latin1.GetString(answer.ToBytes()));
        }

        bool redirected = options.Follows && exchange.Status is >= 300 and <= 399 && answer["Location"] is not null;
        if (!redirected && options.OutputFile is null or "-")
        {
            Output.Out.Append(Encoding.UTF8.GetString(exchange.Body));
        }

        if (exchange.Progress != HttpProgress.Complete)
        {
            long missing = Math.Max(answer.ContentLength, 0) - exchange.Received;
            return exchange.Error == Errno.ECONNRESET
                ? Fail(56, "Recv failure: Connection reset by peer")
                : Fail(18, $"transfer closed with {missing} bytes remaining to read");
        }

        Verbose($"* Connection #0 to host {current.Host} left intact");
        return 0;
    }

    private bool TryBind(NetworkNamespace space, out InternetAddress local)
    {
        local = default;
        if (options.Interface is null || InternetAddress.TryParse(options.Interface, out local))
        {
            return true;
        }

        if (space.FindDevice(options.Interface) is not { } device)
        {
            return false;
        }

        local = AddressOf(space, device);
        return !local.IsNone;
    }

    private InternetAddress AddressOf(NetworkNamespace space, NetDevice device)
    {
        if (_address.IsIPv4)
        {
            foreach (Engine.Routing.DeviceAddress<IPv4Address> own in space.IPv4.Addresses)
            {
                if (ReferenceEquals(own.Device, device))
                {
                    return own.Address;
                }
            }
        }
        else
        {
            foreach (Engine.Routing.DeviceAddress<IPv6Address> own in space.IPv6.Addresses)
            {
                if (ReferenceEquals(own.Device, device) && !own.Address.IsLinkLocal)
                {
                    return own.Address;
                }
            }
        }

        return default;
    }

    /// <summary>-w: what scripts ask most; an unknown variable is nothing, as with curl.</summary>
    private void WriteOut(CurlOptions current, int redirections)
    {
        StringBuilder text = new(options.WriteOut);
        text.Replace("\\n", "\n").Replace("\\t", "\t").Replace("\\r", "\r");
        HttpExchange? done = _exchange;
        foreach ((string name, string value) in new (string, string)[]
        {
            ("http_code", (done?.Status ?? 0).ToString("d3")),
            ("response_code", (done?.Status ?? 0).ToString("d3")),
            ("size_download", (done?.Received ?? 0).ToString(CultureInfo.InvariantCulture)),
            ("remote_ip", done?.Socket?.RemoteAddress.ToString() ?? string.Empty),
            ("remote_port", (done?.Socket?.RemotePort ?? 0).ToString(CultureInfo.InvariantCulture)),
            ("local_ip", done?.Socket?.LocalAddress.ToString() ?? string.Empty),
            ("local_port", (done?.Socket?.LocalPort ?? 0).ToString(CultureInfo.InvariantCulture)),
            ("num_redirects", redirections.ToString(CultureInfo.InvariantCulture)),
            ("url_effective", current.Url),
            ("method", current.Method),
            ("time_namelookup", Seconds(_resolved)),
            ("time_connect", Seconds(done is { Progress: not HttpProgress.Connecting } ? done.Connected : _started)),
            ("time_starttransfer", Seconds(done is { Answer: not null } ? done.FirstByte : _started)),
            ("time_total", Seconds(done?.Ended ?? _resolved)),
            ("exitcode", "0"),
        })
        {
            text.Replace($"%{{{name}}}", value);
        }

        Output.Out.Append(text);
    }

    private string Seconds(SimTime instant)
    {
        long microseconds = Math.Max((instant - _started).Microseconds, 0);
        return $"{microseconds / 1_000_000}.{microseconds % 1_000_000:d6}";
    }

    private void Verbose(string line)
    {
        if (options.IsVerbose)
        {
            Output.ErrorLine(line);
        }
    }

    private void VerboseHead(char direction, HttpMessage head)
    {
        foreach (string line in Encoding.Latin1.GetString(head.ToBytes()).Split("\r\n")[..^1])
        {
            Verbose($"{direction} {line}");
        }
    }

    private int Fail(int exit, string message)
    {
        if (!options.IsSilent || options.ShowsErrors)
        {
            Output.ErrorLine($"curl: ({exit}) {message}");
        }

        return exit;
    }
}
