using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices.Tun;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Processes;

/// <summary>
/// A running program in a namespace: its sockets, its time, its end. When it ends, for whatever reason, the kernel closes its
/// sockets; a method that still waits then is never resumed.
/// </summary>
public sealed class Process
{
    /// <summary>What a process loses each time it has been woken <see cref="WakesPerInstant"/> times at one instant.</summary>
    internal static readonly Duration SchedulingDelay = Duration.FromMicroseconds(1);

    /// <summary>As frames do with their zero-delay hand-overs.</summary>
    private const int WakesPerInstant = 16;

    private readonly SortedDictionary<int, ProcessSocket> _sockets = [];
    private Action<Process>? _exited;
    private SimTime _lastWake;
    private int _wakes;

    internal Process(NetworkNamespace space, int id, string name)
    {
        Namespace = space;
        Id = id;
        Name = name;
    }

    public NetworkNamespace Namespace { get; }

    public Node Node => Namespace.Node;

    /// <summary>The process id, counted from 1 in each node.</summary>
    public int Id { get; }

    public string Name { get; }

    public SimTime Now => Node.Now;

    public bool IsRunning { get; private set; } = true;

    /// <summary>The exit status; meaningful once it has ended. 128 + signal for one that was killed.</summary>
    public int ExitStatus { get; private set; }

    /// <summary>The open sockets by file descriptor.</summary>
    public IReadOnlyCollection<KeyValuePair<int, ProcessSocket>> Sockets => _sockets;

    /// <summary>A TCP socket that is not connected yet.</summary>
    public StreamSocket OpenStream() => new(this);

    /// <summary>Listens on a port of an address, or of any (bind, listen); null with the errno.</summary>
    public StreamListener? Listen(InternetAddress address, ushort port, out Errno error, int backlog = 128)
    {
        StreamListener listener = new(this);
        error = listener.Open(address, port, backlog);
        return error == Errno.None ? listener : null;
    }

    /// <summary>Opens and binds a UDP socket; port 0 picks a free one. Null with the errno.</summary>
    public DatagramSocket? OpenDatagram(InternetAddress address, ushort port, out Errno error)
    {
        DatagramSocket socket = new(this);
        error = socket.Open(address, port);
        return error == Errno.None ? socket : null;
    }

    /// <summary>A raw socket: all packets of a protocol that are for this namespace, beside who else gets them.</summary>
    public RawSocket OpenRaw(AddressFamily family, IPProtocol protocol) => new(this, family, protocol);

    /// <summary>Opens a TUN or TAP device of the namespace (TUNSETIFF); null with the errno.</summary>
    public TunFile? OpenTun(string name, out Errno error)
    {
        if (Namespace.FindDevice(name) is not TunDevice device)
        {
            error = Errno.EINVAL;
            return null;
        }

        TunFile file = new(this, device);
        error = device.Attach(file);
        if (error == Errno.None)
        {
            return file;
        }

        // Its device belongs to somebody else: closing it must leave that one alone.
        Unregister(file);
        return null;
    }

    /// <summary>Waits.</summary>
    public ProcessTask DelayAsync(Duration duration) => new ProcessDelay(this, duration).WaitAsync();

    /// <summary>A place to wait at, for code that is woken by events of its own.</summary>
    public WaitQueue CreateWaitQueue() => new(this);

    /// <summary>Lets a method run beside the one that calls this; what it throws ends the run.</summary>
    public void Start(ProcessTask method)
    {
        if (method.IsCompleted)
        {
            method.GetResult();
        }
        else
        {
            method.OnCompleted(method.GetResult);
        }
    }

    /// <summary>Ends the process at once (SIGKILL): its sockets are closed as the kernel does it.</summary>
    public void Kill() => Exit(137);

    /// <summary>Ends the process with a status; only the first call counts.</summary>
    public void Exit(int status)
    {
        if (!IsRunning)
        {
            return;
        }

        IsRunning = false;
        ExitStatus = status;
        foreach (ProcessSocket socket in new List<ProcessSocket>(_sockets.Values))
        {
            socket.Close();
        }

        Action<Process>? exited = _exited;
        _exited = null;
        exited?.Invoke(this);
    }

    /// <summary>Calls back inside the event that ends the process; at once if it has ended.</summary>
    public void WhenExited(Action<Process> exited)
    {
        if (IsRunning)
        {
            _exited += exited;
        }
        else
        {
            exited(this);
        }
    }

    internal int Register(ProcessSocket socket)
    {
        // 0, 1 and 2 are the standard streams; the lowest free number is next (POSIX).
        int descriptor = 3;
        while (_sockets.ContainsKey(descriptor))
        {
            descriptor++;
        }

        _sockets.Add(descriptor, socket);
        return descriptor;
    }

    internal void Unregister(ProcessSocket socket) => _sockets.Remove(socket.Descriptor);

    /// <summary>False for every sixteenth wake-up at one instant.</summary>
    internal bool MayGoOn()
    {
        if (_lastWake != Now)
        {
            _lastWake = Now;
            _wakes = 0;
        }

        return ++_wakes % WakesPerInstant != 0;
    }

    public override string ToString() => $"{Name}[{Id}]";
}
