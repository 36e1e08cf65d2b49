using System;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Commands.Shell;

namespace Netemu.Commands.NetTools;

/// <summary>Lets ip do what an older tool asks for, and says what it refuses in that tool's words.</summary>
internal static class IpCall
{
    /// <summary>Runs ip with these words; a refusal is told as "REQUEST: why".</summary>
    public static CommandResult Run(CommandInvocation invocation, string request, params string[] words)
    {
        CommandResult result = invocation.Executor.Start(invocation.Namespace, ["ip", .. words.Where(w => w.Length > 0)]).Result!;
        if (result.Exit == 0)
        {
            return result;
        }

        string why = result.Stderr.Split('\n')[0];
        foreach (string prefix in (ImmutableArray<string>)["RTNETLINK answers: ", "Error: "])
        {
            why = why.StartsWith(prefix, StringComparison.Ordinal) ? why[prefix.Length..] : why;
        }

        return CommandResult.Failure(request.StartsWith("SIOC", StringComparison.Ordinal) ? 7 : 255, $"{request}: {Kernel(why)}");
    }

    /// <summary>Old system calls have no text beside their errno.</summary>
    private static string Kernel(string why) => why.TrimEnd('.') switch
    {
        "Nexthop has invalid gateway" => "Network is unreachable",
        "ipv4: Address already assigned" => "File exists",
        string other => other,
    };
}
