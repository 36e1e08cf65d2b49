using Netemu.Commands.Shell;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Ip;

/// <summary>The options that all tools of iproute2 have before the object.</summary>
internal static class CommonOptions
{
    /// <summary>Takes an option without a value; false if it is none of these.</summary>
    public static bool TryTake(string option, ref IpOptions options)
    {
        IpOptions? changed = option switch
        {
            "-d" or "-details" => options with { Details = true },
            "-s" or "-stats" or "-statistics" => options with { Statistics = options.Statistics + 1 },
            "-j" or "-json" => options with { Json = true },
            "-p" or "-pretty" => options with { Pretty = true },
            "-o" or "-oneline" => options with { OneLine = true },
            "-c" or "-color" => options,
            _ => null,
        };
        options = changed ?? options;
        return changed is not null;
    }

    /// <summary>-n: goes to a namespace of the same node; what iproute2 says if there is none, or null.</summary>
    public static CommandResult? Enter(string name, ref NetworkNamespace space)
    {
        if (name.Length == 0 || space.Node.FindNamespace(name) is not { } named)
        {
            return CommandResult.Failure(255, $"Cannot open network namespace \"{name}\": No such file or directory");
        }

        space = named;
        return null;
    }
}
