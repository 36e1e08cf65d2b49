using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Commands.Applications;

/// <summary>curl 7.88 for http:// addresses, in virtual time. It is as quiet about its progress as at a terminal.</summary>
public sealed class CurlCommand : IInputReader
{
    private static readonly ImmutableArray<KeyValuePair<string, string>> Long =
    [
        new("--silent", "-s"), new("--show-error", "-S"), new("--verbose", "-v"), new("--include", "-i"), new("--head", "-I"),
        new("--output", "-o"), new("--request", "-X"), new("--header", "-H"), new("--data", "-d"), new("--data-raw", "-d"),
        new("--data-binary", "-d"), new("--fail", "-f"), new("--location", "-L"), new("--max-time", "-m"), new("--write-out", "-w"),
        new("--ipv4", "-4"), new("--ipv6", "-6"), new("--user-agent", "-A"), new("--insecure", "-k"), new("--no-buffer", "-N"),
    ];

    public ImmutableArray<string> Names { get; } = ["curl"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(
        "-s -S -v -i -I -o=FILE -X=METHOD -H=HEADER -d=DATA -f -L -m=SECONDS -w=FORMAT -4 -6 -A=NAME -k -N "
        + "--connect-timeout=SECONDS --interface=NAME --local-port=PORT --noproxy=LIST --http1.1 "
        + "--silent --show-error --verbose --include --head --output=FILE --request=METHOD --header=HEADER --data=DATA --data-raw=DATA "
        + "--data-binary=DATA --fail --location --max-time=SECONDS --write-out=FORMAT --ipv4 --ipv6 --user-agent=NAME --insecure --no-buffer");

    public CommandJob Start(CommandInvocation invocation)
    {
        OptionReader read = OptionReader.Read(invocation.Arguments, Grammar, new Dictionary<string, string>(Long));
        if (read.Unknown is { } unknown)
        {
            return Fail(2, $"curl: option {unknown}: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information"
                + Grammar.Hint(string.Empty, unknown));
        }

        if (read.WithoutValue is { } bare)
        {
            return Fail(2, $"curl: option {bare}: requires parameter\ncurl: try 'curl --help' or 'curl --manual' for more information");
        }

        if (read.Operands.Count == 0)
        {
            return Fail(2, "curl: try 'curl --help' or 'curl --manual' for more information");
        }

        CurlOptions options = OptionsOf(read, invocation.Input);
        if (ReadUrl(read.Operands[0], ref options) is { } wrong)
        {
            return wrong;
        }

        CurlJob job = new(options);
        job.Begin(invocation.Namespace, "curl");
        return job;
    }

    /// <summary>Splits an address of the form http://host[:port]/path; null if it could be read.</summary>
    internal static CommandJob? ReadUrl(string url, ref CurlOptions options)
    {
        string rest = url;
        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            if (!url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            {
                return Fail(1, $"curl: (1) Protocol \"{url[..scheme]}\" not supported or disabled in libcurl\nhint: this curl speaks http:// only");
            }

            rest = url[(scheme + 3)..];
        }

        int slash = rest.IndexOfAny(['/', '?']);
        string authority = slash < 0 ? rest : rest[..slash];
        string path = slash < 0 ? "/" : rest[slash] == '?' ? "/" + rest[slash..] : rest[slash..];
        int colon = authority.LastIndexOf(':');
        ushort port = 80;
        string host = authority;
        if (colon >= 0 && colon > authority.IndexOf(']', StringComparison.Ordinal))
        {
            host = authority[..colon];
            if (!ushort.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
            {
                return Fail(3, "curl: (3) URL using bad/illegal format or missing URL");
            }
        }

        if (host.Length == 0)
        {
            return Fail(3, "curl: (3) URL using bad/illegal format or missing URL");
        }

        options = options with { Url = url, Host = host, Port = port, Path = path };
        return null;
    }

    private static CurlOptions OptionsOf(OptionReader read, string input)
    {
        List<KeyValuePair<string, string>> fields = [];
        string? data = null;
        foreach ((string option, string value) in read.Options)
        {
            if (option == "-H" && value.IndexOf(':', StringComparison.Ordinal) is > 0 and int colon)
            {
                fields.Add(new(value[..colon], value[(colon + 1)..].Trim()));
            }
            else if (option == "-d")
            {
                string part = value is "@-" ? input : value;
                data = data is null ? part : $"{data}&{part}";
            }
        }

        if (data is not null && !fields.Exists(f => f.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)))
        {
            fields.Add(new("Content-Type", "application/x-www-form-urlencoded"));
        }

        return new CurlOptions
        {
            Url = string.Empty,
            Method = read.Value("-X") ?? (read.Has("-I") ? "HEAD" : data is null ? "GET" : "POST"),
            Fields = fields,
            Data = data,
            IsSilent = read.Has("-s"),
            ShowsErrors = read.Has("-S"),
            IsVerbose = read.Has("-v"),
            ShowsHead = read.Has("-i") || read.Has("-I"),
            Fails = read.Has("-f"),
            Follows = read.Has("-L"),
            OutputFile = read.Value("-o"),
            WriteOut = read.Value("-w") ?? string.Empty,
            UserAgent = read.Value("-A") ?? "curl/7.88.1",
            MaximumTime = Seconds(read.Value("-m"), Duration.Zero),
            ConnectTimeout = Seconds(read.Value("--connect-timeout"), Duration.FromSeconds(300)),
            Family = read.Has("-6") ? AddressFamily.IPv6 : read.Has("-4") ? AddressFamily.IPv4 : null,
            Interface = read.Value("--interface"),
            LocalPort = ushort.TryParse(read.Value("--local-port"), out ushort port) ? port : (ushort)0,
        };
    }

    private static Duration Seconds(string? text, Duration otherwise) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds) && seconds is > 0 and < 1_000_000
            ? Duration.FromNanoseconds((long)(seconds * 1_000_000_000))
            : otherwise;

    private static CommandJob Fail(int exit, string message) => CommandJob.Completed(CommandResult.Failure(exit, message));
}
