using System.Collections.Immutable;
using System.Text;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Shell;

/// <summary>
/// Runs the pipelines of a command line one after another: each starts inside the event in which the one before it ended.
/// </summary>
internal sealed class ShellJob : CommandJob
{
    private readonly CommandExecutor _executor;
    private readonly NetworkNamespace _space;
    private readonly ImmutableArray<ShellPipeline> _pipelines;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();
    private CommandJob? _current;
    private int _next;
    private int _exit;
    private bool _interrupted;

    public ShellJob(CommandExecutor executor, NetworkNamespace space, ImmutableArray<ShellPipeline> pipelines)
    {
        _executor = executor;
        _space = space;
        _pipelines = pipelines;
    }

    public override void Interrupt()
    {
        _interrupted = true;
        _current?.Interrupt();
    }

    /// <summary>Runs what can run now; comes back when the command line has ended or a command takes time.</summary>
    public void Run()
    {
        while (_next < _pipelines.Length && !_interrupted)
        {
            ShellPipeline pipeline = _pipelines[_next++];
            if ((pipeline.Connector == ShellConnector.IfSucceeded && _exit != 0)
                || (pipeline.Connector == ShellConnector.IfFailed && _exit == 0))
            {
                continue;
            }

            CommandJob job = _executor.StartCommand(_space, pipeline.Commands[0], string.Empty);
            if (!job.IsCompleted)
            {
                _current = job;
                job.WhenCompleted(done =>
                {
                    _current = null;
                    Finish(pipeline, done.Result!);
                    Run();
                });
                return;
            }

            Finish(pipeline, job.Result!);
        }

        Complete(new CommandResult(_exit, _out.ToString(), _error.ToString()));
    }

    /// <summary>Sends the first command's output through the filters and to where the pipeline's output goes.</summary>
    private void Finish(ShellPipeline pipeline, CommandResult result)
    {
        StringBuilder errors = new(result.Stderr);
        for (int i = 1; i < pipeline.Commands.Length; i++)
        {
            string input = pipeline.Redirection.ErrorsToOutput && i == 1 ? result.Stdout + TakeAll(errors) : result.Stdout;
            result = _executor.RunFilter(_space, pipeline.Commands[i], input);
            errors.Append(result.Stderr);
        }

        _exit = result.Exit;
        string output = result.Stdout;
        if (pipeline.Redirection.ErrorsToOutput)
        {
            output += TakeAll(errors);
        }

        switch (pipeline.Redirection.OutputFile)
        {
            case null:
                _out.Append(output);
                break;
            case "/dev/null":
                break;
            default:
                CommandResult written = ProcFiles.Write(_space, pipeline.Commands[^1][0], pipeline.Redirection.OutputFile, output);
                _exit = _exit == 0 ? written.Exit : _exit;
                errors.Append(written.Stderr);
                break;
        }

        if (!pipeline.Redirection.ErrorsToNull)
        {
            _error.Append(errors);
        }
    }

    private static string TakeAll(StringBuilder text)
    {
        string all = text.ToString();
        text.Clear();
        return all;
    }
}
