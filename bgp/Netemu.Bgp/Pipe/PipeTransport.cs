using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Pipe;

/// <summary>One node's end of a <see cref="PipeNetwork"/>.</summary>
public sealed class PipeTransport : IByteStreamTransport
{
    private const ushort FirstEphemeralPort = 32768;

    private readonly InternetAddress[] _addresses;
    private readonly int[] _numbers;
    private readonly List<PipeListener> _listeners = [];
    private IByteStreamAcceptor[] _acceptors = [];
    private ushort _nextPort = FirstEphemeralPort;

    internal PipeTransport(PipeNetwork network, int number, InternetAddress[] addresses)
    {
        Network = network;
        Number = number;
        _addresses = addresses;
        _numbers = [.. addresses.Select(network.NumberOf)];
    }

    public ReadOnlySpan<InternetAddress> Addresses => _addresses;

    /// <summary>False once the node is gone.</summary>
    public bool IsAlive { get; private set; } = true;

    public bool MayHoldUnacknowledged => Network.InFlight > 0;

    internal PipeNetwork Network { get; }

    /// <summary>The node's number in the network.</summary>
    internal int Number { get; }

    public IByteStream Connect(InternetAddress remote, ushort port, StreamOptions options, IByteStreamHandler handler)
    {
        int target = Network.NumberOf(remote);
        int local = options.LocalAddress.IsNone ? SourceFor(target) : Network.NumberOf(options.LocalAddress);
        PipeRequest? request = options.Md5Key is null && local == SourceFor(target) ? null : new PipeRequest(local, options.Md5Key);
        PipeStream stream = new(this, NextPort(), target, port, request)
        {
            Handler = handler,
        };
        Network.Send(stream.TurnOfTarget, stream, PipeEventKind.Request);
        return stream;
    }

    public IByteStreamListener? Listen(InternetAddress local, ushort port, StreamOptions options, IByteStreamAcceptor acceptor)
    {
        bool ours = local.IsUnspecified || Array.IndexOf(_addresses, local) >= 0;
        if (!ours || _listeners.Exists(listener => listener.Address == local && listener.Port == port))
        {
            return null;
        }

        PipeListener added = new(this, local, port, acceptor);
        _listeners.Add(added);
        SetAcceptors();
        return added;
    }

    /// <summary>The node loses power: its streams are gone, and the other ends hear nothing.</summary>
    public void PowerOff()
    {
        IsAlive = false;
        Network.RemoveNode(this);
        _listeners.Clear();
        SetAcceptors();
    }

    internal PipeListener? ListenerAt(InternetAddress address, ushort port)
    {
        foreach (PipeListener listener in _listeners)
        {
            bool takes = listener.Address == address
                || (listener.Address.IsUnspecified && listener.Address.Family == address.Family);
            if (takes && listener.Port == port)
            {
                return listener;
            }
        }

        return null;
    }

    /// <summary>The node's turn is over: whoever listens may finish what the arrivals have begun.</summary>
    internal void AfterArrivals()
    {
        foreach (IByteStreamAcceptor acceptor in _acceptors)
        {
            acceptor.AfterArrivals();
        }
    }

    internal void Remove(PipeListener listener)
    {
        _listeners.Remove(listener);
        SetAcceptors();
    }

    private void SetAcceptors() => _acceptors = [.. _listeners.Select(listener => listener.Acceptor).Distinct()];

    /// <summary>The number of the first address of a remote one's family.</summary>
    internal int SourceFor(int remote)
    {
        AddressFamily family = Network.AddressOf(remote).Family;
        for (int i = 0; i < _addresses.Length; i++)
        {
            if (_addresses[i].Family == family)
            {
                return _numbers[i];
            }
        }

        return Network.NumberOf(default);
    }

    private ushort NextPort()
    {
        ushort port = _nextPort++;
        if (_nextPort == 0)
        {
            _nextPort = FirstEphemeralPort;
        }

        return port;
    }
}
