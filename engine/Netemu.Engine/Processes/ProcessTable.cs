using System.Collections.Generic;
using System.Linq;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Processes;

/// <summary>The running processes of a node, by id.</summary>
public sealed class ProcessTable
{
    private readonly SortedDictionary<int, Process> _running = [];
    private int _lastId;

    internal ProcessTable()
    {
    }

    public IReadOnlyCollection<Process> Running => _running.Values;

    /// <summary>
    /// Starts a program in a namespace; it runs up to its first wait before this returns. What it throws is a bug, and ends
    /// the run.
    /// </summary>
    public Process Start(NetworkNamespace space, string name, IProgram program)
    {
        Process process = new(space, ++_lastId, name);
        _running.Add(process.Id, process);
        process.WhenExited(ended => _running.Remove(ended.Id));
        ProcessTask<int> main = program.RunAsync(process);
        if (main.IsCompleted)
        {
            process.Exit(main.GetResult());
        }
        else
        {
            main.OnCompleted(() => process.Exit(main.GetResult()));
        }

        return process;
    }

    /// <summary>The oldest running process of that name in a namespace, or null.</summary>
    public Process? Find(NetworkNamespace space, string name) =>
        _running.Values.FirstOrDefault(p => ReferenceEquals(p.Namespace, space) && p.Name == name);

    /// <summary>The process that owns a socket, or null: what `ss -p` shows.</summary>
    public Process? OwnerOf(object socket) => _running.Values.FirstOrDefault(p => p.Sockets.Any(s => Holds(s.Value, socket)));

    /// <summary>Ends everything in a namespace, or in all of them: the namespace is gone already or about to go.</summary>
    internal void KillAll(NetworkNamespace? space = null)
    {
        foreach (Process process in _running.Values.ToArray())
        {
            if (space is null || ReferenceEquals(process.Namespace, space))
            {
                process.Kill();
            }
        }
    }

    /// <summary>True if a process's socket stands for that socket of the engine.</summary>
    public static bool Holds(ProcessSocket held, object socket) => held switch
    {
        StreamSocket stream => ReferenceEquals(stream.Connection, socket),
        StreamListener listener => ReferenceEquals(listener.Listener, socket),
        DatagramSocket datagram => ReferenceEquals(datagram.Socket, socket),
        _ => ReferenceEquals(held, socket),
    };
}
