using Netemu.Engine.Namespaces;

namespace Netemu.Topologies.Running;

/// <summary>Runs command lines (ip, bridge, ping, ...) inside namespaces. The command line tool wires it to the commands.</summary>
public interface ICommandRunner
{
    /// <summary>
    /// Starts a command line at the present instant, at a barrier. What takes no virtual time has finished on return; what
    /// takes some (ping -c 3) finishes while the emulation runs.
    /// </summary>
    ICommandExecution Start(NetworkNamespace space, string line);
}
