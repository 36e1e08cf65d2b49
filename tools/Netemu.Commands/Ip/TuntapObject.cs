using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Engine.Devices.Tun;

namespace Netemu.Commands.Ip;

/// <summary>ip tuntap (ip/iptuntap.c): persistent TUN and TAP devices.</summary>
internal sealed class TuntapObject : IIpObject
{
    public string Name => "tuntap";

    public string HelpName => "tuntap";

    public CommandJob Run(IpContext context, string verb) => CommandJob.Completed(verb switch
    {
        "add" => Change(context, adds: true),
        "delete" => Change(context, adds: false),
        _ => Show(context),
    });

    private static CommandResult Show(IpContext context) =>
        CommandResult.Output(string.Concat(context.Namespace.Devices.OfType<TunTapDevice>()
            .OrderBy(d => d.Name, System.StringComparer.Ordinal)
            .Select(d => $"{d.Name}: {d.Mode.ToString().ToLowerInvariant()} persist\n")));

    private static CommandResult Change(IpContext context, bool adds)
    {
        IpArguments arguments = context.Arguments;
        string? name = null;
        TunMode? mode = null;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "mode":
                    string text = arguments.Value();
                    mode = text switch
                    {
                        "tun" => TunMode.Tun,
                        "tap" => TunMode.Tap,
                        _ => null,
                    };
                    if (mode is null)
                    {
                        arguments.Fail(255, $"Unknown tunnel mode \"{text}\"");
                    }

                    break;
                case "user" or "group":
                    arguments.Value();
                    break;
                default:
                    if (name is not null)
                    {
                        arguments.Garbage("name", word, context.Hint("tuntap add", word));
                    }

                    name = word is "dev" or "name" ? arguments.Value() : word;
                    break;
            }
        }

        if (arguments.Error is { } error)
        {
            return error;
        }

        if (mode is not { } chosen)
        {
            return CommandResult.Failure(1, "You failed to specify a tunnel mode");
        }

        if (!adds)
        {
            if (name is not null && context.Namespace.FindDevice(name) is TunDevice device)
            {
                context.Namespace.Remove(device);
            }

            return CommandResult.Success;
        }

        name ??= Enumerable.Range(0, int.MaxValue).Select(i => $"{chosen.ToString().ToLowerInvariant()}{i}")
            .First(n => context.Namespace.FindDevice(n) is null);
        if (context.Namespace.FindDevice(name) is not null)
        {
            return CommandResult.Failure(1, "ioctl(TUNSETIFF): Device or resource busy");
        }

        _ = new TunDevice(context.Namespace, name, chosen);
        return CommandResult.Success;
    }
}
