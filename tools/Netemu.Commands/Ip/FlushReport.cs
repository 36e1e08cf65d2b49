using Netemu.Commands.Shell;

namespace Netemu.Commands.Ip;

/// <summary>What `ip -s ... flush` tells: the first round takes all that there is.</summary>
internal static class FlushReport
{
    /// <summary><paramref name="listed"/> is what -s -s has shown of them before.</summary>
    public static CommandResult Of(IpOptions options, int count, string what, string listed = "") =>
        options.Statistics == 0 ? CommandResult.Success
        : count == 0 ? CommandResult.Output("Nothing to flush.\n")
        : CommandResult.Output(
            $"{listed}\n*** Round 1, deleting {count} {what} ***\n*** Flush is complete after 1 round ***\n");
}
