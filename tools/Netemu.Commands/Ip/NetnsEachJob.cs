using System.Collections.Immutable;
using System.Text;
using Netemu.Commands.Shell;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Ip;

/// <summary>`ip -all netns exec`: one command in each namespace after another, whatever comes of it (netns_foreach).</summary>
internal sealed class NetnsEachJob(
    CommandExecutor executor, ImmutableArray<NetworkNamespace> spaces, ImmutableArray<string> words) : CommandJob
{
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();
    private CommandJob? _current;
    private int _next;
    private bool _interrupted;

    public override void Interrupt()
    {
        _interrupted = true;
        _current?.Interrupt();
    }

    /// <summary>Runs what can run now; comes back when the last one has ended or one takes time.</summary>
    public void Run()
    {
        while (_next < spaces.Length && !_interrupted)
        {
            NetworkNamespace space = spaces[_next++];
            _out.Append("\nnetns: ").Append(space.Name).Append('\n');
            CommandJob job = executor.Start(space, words);
            if (!job.IsCompleted)
            {
                _current = job;
                job.WhenCompleted(done =>
                {
                    _current = null;
                    Take(done.Result!);
                    Run();
                });
                return;
            }

            Take(job.Result!);
        }

        Complete(new CommandResult(0, _out.ToString(), _error.ToString()));
    }

    private void Take(CommandResult result)
    {
        _out.Append(result.Stdout);
        _error.Append(result.Stderr);
    }
}
