using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text;
using Netemu.Bgp;
using Netemu.Bgp.Sessions;
using Netemu.Bgp.Show;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Simulation;

namespace Netemu.Commands.Routing;

/// <summary>
/// vtysh -c "show ..." -c "clear ..." -c "conf t" -c ...: a node's BGP speaker in FRR's words. What follows "conf t" until
/// "end" is configuration, as if it had stood in frr.conf.
/// </summary>
public sealed class VtyshCommand(Func<Node, RoutingDaemon?> daemonOf) : ICommand
{
    public ImmutableArray<string> Names { get; } = ["vtysh"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(": -c");

    public CommandJob Start(CommandInvocation invocation)
    {
        List<string> commands = [];
        for (int i = 0; i < invocation.Arguments.Length; i++)
        {
            if (invocation.Arguments[i] != "-c" || i + 1 == invocation.Arguments.Length)
            {
                return CommandJob.Completed(CommandResult.Failure(1, "vtysh: only -c COMMAND is supported here"));
            }

            commands.AddRange(invocation.Arguments[++i].Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        RoutingDaemon? daemon = daemonOf(invocation.Namespace.Node);
        return CommandJob.Completed(new Run(invocation, daemon).Execute(commands));
    }

    /// <summary>One run: what was printed so far, and the configuration lines that wait for the end of their block.</summary>
    private sealed class Run(CommandInvocation invocation, RoutingDaemon? daemon)
    {
        private readonly StringBuilder _output = new();
        private List<string>? _lines;

        public CommandResult Execute(List<string> commands)
        {
            foreach (string command in commands)
            {
                string text = _lines is null ? string.Join(' ', ShowAbbreviations.Expand(command)) : command.Trim();
                if (_lines is not null && !IsOver(text))
                {
                    _lines.Add(text);
                    continue;
                }

                if (_lines is not null)
                {
                    if (Configure() is { } problem)
                    {
                        return new CommandResult(1, _output.ToString(), problem);
                    }

                    continue;
                }

                if (!TryRun(text, out string? error))
                {
                    return new CommandResult(1, _output.ToString(), error ?? $"% Unknown command: {text}\n");
                }
            }

            return _lines is not null && Configure() is { } last
                ? new CommandResult(1, _output.ToString(), last)
                : CommandResult.Output(_output.ToString());
        }

        private static bool IsOver(string command) => command is "end";

        private string? Configure()
        {
            IReadOnlyList<string> lines = _lines!;
            _lines = null;
            return daemon?.Configure is { } configure ? configure(lines) : "bgpd is not running\n";
        }

        private bool TryRun(string command, out string? error)
        {
            error = null;
            if (command is "configure terminal" or "configure")
            {
                _lines = [];
                return true;
            }

            if (command is "end" or "exit" or "enable" or "write" or "write memory" or "terminal length 0")
            {
                return true;
            }

            if (command.StartsWith("show ip route", StringComparison.Ordinal) || command.StartsWith("show ipv6 route", StringComparison.Ordinal))
            {
                return ShowIpRoute.TryRun(invocation.Namespace, daemon, command, _output);
            }

            if (ShowInterfaceBrief.IsAsked(command, out bool json))
            {
                _output.Append(json ? ShowInterfaceBrief.Json(invocation.Namespace) : ShowInterfaceBrief.Text(invocation.Namespace));
                return true;
            }

            if (daemon is null)
            {
                error = "bgpd is not running\n";
                return false;
            }

            if (command.StartsWith("show ip nht", StringComparison.Ordinal) || command.StartsWith("show ipv6 nht", StringComparison.Ordinal))
            {
                return ShowNextHopTracking.TryRun(invocation.Namespace, daemon, command, _output);
            }

            if (command.StartsWith("show bfd ", StringComparison.Ordinal))
            {
                return ShowBfd.TryRun(daemon.Bfd, command, _output);
            }

            if (daemon.Model is { } model && ShowConfiguration.TryRun(model(), daemon.Speaker, command, out string shown))
            {
                _output.Append(shown);
                return true;
            }

            if (ShowBgpNextHops.IsAsked(command))
            {
                _output.Append(ShowBgpNextHops.Text(invocation.Namespace, daemon.Speaker));
                return true;
            }

            if (command.StartsWith("clear ", StringComparison.Ordinal))
            {
                return TryClear(command, daemon.Speaker);
            }

            bool known = ShowBgp.TryRun(daemon.Speaker, command, out string text, daemon.Log, daemon.Model?.Invoke());
            if (known)
            {
                _output.Append(text);
            }

            return known;
        }

        /// <summary>"clear [ip] bgp [ipv4|ipv6] [unicast] * | ADDRESS [soft] [in|out]".</summary>
        private static bool TryClear(string command, BgpSpeaker speaker)
        {
            List<string> words = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
            words.RemoveAll(word => word is "clear" or "ip" or "bgp" or "unicast" or "ipv4" or "ipv6");
            if (words.Count == 0)
            {
                return false;
            }

            string target = words[0];
            bool soft = words.Contains("soft") || words.Contains("in") || words.Contains("out");
            foreach (BgpSession session in new List<BgpSession>(speaker.Neighbors))
            {
                bool chosen = target is "*" or "all"
                    || (InternetAddress.TryParse(target, out InternetAddress address) && session.Address == address)
                    || (uint.TryParse(target, out uint asNumber) && session.RemoteAs == asNumber);
                if (!chosen)
                {
                    continue;
                }

                if (!soft)
                {
                    speaker.Clear(session.Address);
                }
                else if (!words.Contains("out"))
                {
                    speaker.RequestRefresh(session.Address, AddressFamily.IPv4);
                    speaker.RequestRefresh(session.Address, AddressFamily.IPv6);
                }
            }

            return true;
        }
    }
}
