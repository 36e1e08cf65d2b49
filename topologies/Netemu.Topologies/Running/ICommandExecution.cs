namespace Netemu.Topologies.Running;

/// <summary>A command line that has been started.</summary>
public interface ICommandExecution
{
    bool IsFinished { get; }

    /// <summary>The exit status, as a shell would have it; meaningful once finished.</summary>
    int ExitCode { get; }

    /// <summary>What it has written to standard output so far.</summary>
    string Output { get; }

    /// <summary>What it has written to standard error so far.</summary>
    string Error { get; }

    /// <summary>Ends it (SIGINT); does nothing once finished.</summary>
    void Stop();
}
