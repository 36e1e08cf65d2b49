using Netemu.Commands.Shell;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Processes;

namespace Netemu.Commands.Applications;

/// <summary>A command that is a program with sockets: it runs as a process of the namespace and ends with its status.</summary>
internal abstract class ProgramJob : CommandJob, IProgram
{
    private Process? _process;

    protected CommandOutput Output { get; } = new();

    /// <summary>Runs the program up to its first wait.</summary>
    public void Begin(NetworkNamespace space, string name)
    {
        _process = space.Node.Processes.Start(space, name, this);
        _process.WhenExited(ended => Complete(Output.ToResult(ended.ExitStatus)));
    }

    /// <summary>SIGINT: what has been seen is kept.</summary>
    public override void Interrupt()
    {
        Interrupted();
        _process?.Exit(130);
    }

    public abstract ProcessTask<int> RunAsync(Process process);

    /// <summary>The last words of a program that is interrupted.</summary>
    protected virtual void Interrupted()
    {
    }
}
