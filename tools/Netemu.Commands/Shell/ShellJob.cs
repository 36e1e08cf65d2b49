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
    private readonly StringBuilder _pipelineErrors = new();
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

            if (!RunStage(pipeline, 0, pipeline.Input))
            {
                return;
            }
        }

        Complete(new CommandResult(_exit, _out.ToString(), _error.ToString()));
    }

    /// <summary>Starts one command of a pipeline with what the one before it wrote; false if it takes time.</summary>
    private bool RunStage(ShellPipeline pipeline, int stage, string input)
    {
        ImmutableArray<string> words = pipeline.Commands[stage];
        CommandJob job = stage == 0 ? _executor.StartCommand(_space, words, input) : _executor.StartPiped(_space, words, input);
        if (job.IsCompleted)
        {
            return EndStage(pipeline, stage, job.Result!);
        }

        _current = job;
        job.WhenCompleted(done =>
        {
            _current = null;
            if (EndStage(pipeline, stage, done.Result!))
            {
                Run();
            }
        });
        return false;
    }

    /// <summary>A command has ended: its output is the next one's input, or the pipeline's.</summary>
    private bool EndStage(ShellPipeline pipeline, int stage, CommandResult result)
    {
        _pipelineErrors.Append(result.Stderr);
        if (stage + 1 == pipeline.Commands.Length)
        {
            Finish(pipeline, result);
            return true;
        }

        bool joined = pipeline.Redirection.ErrorsToOutput && stage == 0;
        return RunStage(pipeline, stage + 1, joined ? result.Stdout + TakeAll(_pipelineErrors) : result.Stdout);
    }

    /// <summary>Sends the last command's output to where the pipeline's goes.</summary>
    private void Finish(ShellPipeline pipeline, CommandResult result)
    {
        _exit = result.Exit;
        string output = result.Stdout;
        StringBuilder errors = _pipelineErrors;
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
                CommandResult written = ProcFiles.Write(
                    _space, pipeline.Commands[^1][0], pipeline.Redirection.OutputFile, output, pipeline.Redirection.Appends);
                _exit = _exit == 0 ? written.Exit : _exit;
                errors.Append(written.Stderr);
                break;
        }

        if (!pipeline.Redirection.ErrorsToNull)
        {
            _error.Append(errors);
        }

        errors.Clear();
    }

    private static string TakeAll(StringBuilder text)
    {
        string all = text.ToString();
        text.Clear();
        return all;
    }
}
