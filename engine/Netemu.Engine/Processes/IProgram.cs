namespace Netemu.Engine.Processes;

/// <summary>
/// What a process runs: the only place in the engine where code may be <c>async</c>. It may await what the process gives it
/// (sockets, time) and other methods that return <see cref="ProcessTask"/>, nothing else.
/// </summary>
public interface IProgram
{
    /// <summary>Runs until the program ends by itself; its result is the exit status.</summary>
    ProcessTask<int> RunAsync(Process process);
}
