using Netemu.Commands.Shell;
using Netemu.Engine.Namespaces;
using Netemu.Topologies.Running;

namespace Netemu.Cli;

/// <summary>Runs command lines of a scenario by the emulation's own commands.</summary>
internal sealed class CommandBridge(CommandExecutor executor) : ICommandRunner
{
    public ICommandExecution Start(NetworkNamespace space, string line) => new Execution(executor.Start(space, line));

    /// <summary>A job in the words of the runner.</summary>
    private sealed class Execution(CommandJob job) : ICommandExecution
    {
        public bool IsFinished => job.IsCompleted;

        public int ExitCode => job.Result?.Exit ?? 0;

        public string Output => job.Result?.Stdout ?? string.Empty;

        public string Error => job.Result?.Stderr ?? string.Empty;

        public void Stop()
        {
            if (!job.IsCompleted)
            {
                job.Interrupt();
            }
        }
    }
}
