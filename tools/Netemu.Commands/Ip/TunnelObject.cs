using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>ip tunnel (ip/iptunnel.c): the older words for tunnels over IPv4, as Felix uses them.</summary>
internal sealed class TunnelObject : IIpObject
{
    public string Name => "tunnel";

    public string HelpName => "tunnel";

    public CommandJob Run(IpContext context, string verb) => CommandJob.Completed(verb switch
    {
        "add" => Add(context),
        "change" => Change(context),
        "delete" => Delete(context),
        _ => Show(context),
    });

    private static CommandResult Show(IpContext context)
    {
        string? name = null;
        while (!context.Arguments.AtEnd)
        {
            string word = context.Arguments.Take();
            name = word is "name" or "dev" ? context.Arguments.Value() : word;
        }

        if (context.Arguments.Error is { } error)
        {
            return error;
        }

        IPTunnelDevice[] shown = [.. context.Namespace.Devices.OfType<IPTunnelDevice>()
            .Where(t => t.HasLinkLayer is false && (name is null || t.Name == name))];
        return name is not null && shown.Length == 0
            ? CommandResult.Failure(1, $"Device \"{name}\" does not exist.")
            : CommandResult.Output(string.Concat(shown.Select(t => TunnelText.Describe(t) + "\n")));
    }

    private static CommandResult Add(IpContext context)
    {
        (string? name, string? mode, IPTunnelOptions options) = Parse(context, new IPTunnelOptions());
        if (context.Arguments.Error is { } error)
        {
            return error;
        }

        if (mode is null)
        {
            return CommandResult.Failure(255, "cannot determine tunnel mode (ipip, gre, vti or sit)");
        }

        name ??= Enumerable.Range(mode is "gre" or "sit" ? 1 : 0, int.MaxValue).Select(i => $"{(mode == "ipip" ? "tunl" : mode)}{i}")
            .First(n => context.Namespace.FindDevice(n) is null);
        Errno refused = Errno.EEXIST;
        NetDevice? made = context.Namespace.FindDevice(name) is null
            ? TunnelRequest.Make(context.Namespace, name, mode, options, out refused)
            : null;
        return made is null
            ? CommandResult.Failure(1, $"add tunnel \"{name}\" failed: {RtnetlinkError.Describe(refused)}")
            : CommandResult.Success;
    }

    private static CommandResult Change(IpContext context)
    {
        (string? name, _, _) = Parse(context, new IPTunnelOptions());
        IPTunnelDevice? tunnel = name is null ? null : context.Namespace.FindDevice(name) as IPTunnelDevice;
        if (context.Arguments.Error is { } error)
        {
            return error;
        }

        if (tunnel is null)
        {
            return CommandResult.Failure(1, $"change tunnel \"{name ?? "(null)"}\" failed: No such device");
        }

        // What is not said stays as it is.
        IpContext again = context with { Arguments = context.Arguments.Restart() };
        (_, _, IPTunnelOptions options) = Parse(again, tunnel.Options);
        return tunnel.TryChange(options)
            ? CommandResult.Success
            : CommandResult.Failure(1, $"change tunnel \"{name}\" failed: {(tunnel.IsFallback ? "Invalid argument" : "File exists")}");
    }

    private static CommandResult Delete(IpContext context)
    {
        (string? name, _, _) = Parse(context, new IPTunnelOptions());
        if (context.Arguments.Error is { } error)
        {
            return error;
        }

        if (name is null || context.Namespace.FindDevice(name) is not IPTunnelDevice tunnel)
        {
            return CommandResult.Failure(1, $"delete tunnel \"{name ?? "(null)"}\" failed: No such device");
        }

        context.Namespace.Remove(tunnel);
        return CommandResult.Success;
    }

    private static (string? Name, string? Mode, IPTunnelOptions Options) Parse(IpContext context, IPTunnelOptions options)
    {
        string? name = null;
        string? mode = null;
        IpArguments arguments = context.Arguments;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "mode":
                    string text = arguments.Value();
                    mode = text switch
                    {
                        "ipip" or "ip/ip" => "ipip",
                        "gre" or "gre/ip" => "gre",
                        "sit" or "ipv6/ip" => "sit",
                        _ => null,
                    };
                    if (mode is null)
                    {
                        arguments.Fail(255, $"Unknown tunnel mode \"{text}\"");
                    }

                    break;
                case "name":
                    name = arguments.Value();
                    break;
                default:
                    if (TunnelWords.Take(options, word, arguments) is { } changed)
                    {
                        options = changed;
                    }
                    else if (name is null)
                    {
                        name = word;
                    }
                    else
                    {
                        arguments.Garbage("name", word, context.Hint("tunnel add", word));
                    }

                    break;
            }
        }

        return (name, mode, options);
    }
}
