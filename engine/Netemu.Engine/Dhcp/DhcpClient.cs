using System;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Dhcp;

/// <summary>
/// A DHCPv4 client of one device (RFC 2131 section 4.4): it takes the first offer, sets address and default route, renews
/// at half of the lease, rebinds at seven eighths, and gives all up when the lease ends.
/// </summary>
/// <remarks>
/// As dhclient does, it listens with a packet socket (a tap of the device), because the stack takes nothing for an address
/// that it does not have yet; a UDP socket keeps port 68 from answering with ICMP errors. What the tap sees is copied and
/// worked on in an event of its own.
/// </remarks>
public sealed class DhcpClient : IFrameTap, IUdpHandler
{
    private static readonly Duration FirstPause = Duration.FromSeconds(4);
    private static readonly Duration LongestPause = Duration.FromSeconds(64);
    private static readonly Duration LeastRenewPause = Duration.FromSeconds(60);

    private readonly NetDevice _device;
    private readonly NetworkNamespace _space;
    private readonly byte[] _identifier;
    private readonly RandomSource _random;
    private readonly CallbackTimer _timer;
    private readonly CallbackTimer _arrival;
    private UdpSocket? _socket;
    private byte[]? _arrived;
    private uint _transaction;
    private Duration _pause;
    private SimTime _began;
    private IPv4Address _address;
    private IPv4Address _server;
    private SimTime _renewAt;
    private SimTime _rebindAt;
    private SimTime _expires;
    private Route<IPv4Address>? _defaultRoute;
    private bool _waits;

    private DhcpClient(NetDevice device, byte[] identifier)
    {
        _device = device;
        _space = device.Namespace;
        _identifier = identifier;
        _random = device.Node.Random($"{_space.Name}/{device.Name}/dhcp");
        _timer = new CallbackTimer(TimerFired);
        _arrival = new CallbackTimer(Arrived);
    }

    public DhcpClientState State { get; private set; }

    /// <summary>The leased address; unspecified without one.</summary>
    public IPv4Address Address => State >= DhcpClientState.Bound ? _address : default;

    /// <summary>When the lease ends.</summary>
    public SimTime Expires => _expires;

    /// <summary>True from the start until the first lease, or until the first attempt has gone unanswered.</summary>
    public bool IsPending => _waits;

    /// <summary>When an address was last set or lost.</summary>
    public SimTime LastChange { get; private set; }

    private Node Node => _device.Node;

    /// <summary>A child of an ipvlan shares its parent's hardware address, which must tell it from nobody.</summary>
    private bool SharesMac => _device.Kind == "ipvlan";

    /// <summary>
    /// Starts a client. Without an identifier it names its hardware address (type 1, RFC 2132 section 9.14), or, where
    /// others share that, its own name (type 0).
    /// </summary>
    public static DhcpClient Start(NetDevice device, string? identifier = null)
    {
        byte[] id;
        if (identifier is null && device.Kind != "ipvlan")
        {
            id = new byte[1 + MacAddress.Size];
            id[0] = 1;
            device.Mac.Write(id.AsSpan(1));
        }
        else
        {
            id = [0, .. System.Text.Encoding.ASCII.GetBytes(identifier ?? device.QualifiedName)];
        }

        DhcpClient client = new(device, id);
        client._socket = device.Namespace.Udp.Open(InternetAddress.From(IPv4Address.Any), DhcpMessage.ClientPort, client, out _, device);
        device.AddTap(client);
        client._waits = true;
        client.State = DhcpClientState.Init;

        // RFC 2131 section 4.4.1: not all at once after a power failure; a short wait is enough here.
        client.Node.Schedule(client._timer, client.Node.Now + new Duration(client._random.NextBelow(100_000_000)));
        return client;
    }

    /// <summary>Gives the lease back and stops (dhclient -r).</summary>
    public void Release()
    {
        if (State >= DhcpClientState.Bound)
        {
            SendToServer(DhcpMessageType.Release, unicast: true);
            Unconfigure();
        }

        Stop();
    }

    /// <summary>Stops without a word; address and route stay until somebody takes them away.</summary>
    public void Stop()
    {
        State = DhcpClientState.Stopped;
        _waits = false;
        _device.RemoveTap(this);
        _socket?.Close();
        Node.Cancel(_timer);
        Node.Cancel(_arrival);
    }

    void IFrameTap.Seen(Frame frame, NetDevice device, bool outgoing)
    {
        if (outgoing || State is DhcpClientState.Stopped or DhcpClientState.Init or DhcpClientState.Bound || _arrived is not null)
        {
            return;
        }

        ReadOnlySpan<byte> bytes = DhcpDatagrams.MessageIn(frame, DhcpMessage.ClientPort, out _);
        if (DhcpMessage.TryParse(bytes, out DhcpMessage message) == WireError.None && message.Operation == DhcpMessage.BootReply
            && message.TransactionId == _transaction && message.ClientMac == _device.Mac)
        {
            _arrived = bytes.ToArray();
            Node.Schedule(_arrival, Node.Now);
        }
    }

    void IUdpHandler.OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload)
    {
        // The tap has seen it.
    }

    void IUdpHandler.OnError(UdpSocket socket, IcmpError error)
    {
        // The server is not there now; the next attempt will tell.
    }

    private void Arrived()
    {
        byte[] bytes = _arrived!;
        _arrived = null;
        if (DhcpMessage.TryParse(bytes, out DhcpMessage message) != WireError.None)
        {
            return;
        }

        switch (State, message.Type)
        {
            case (DhcpClientState.Selecting, DhcpMessageType.Offer) when !message.YourAddress.IsUnspecified:
                _address = message.YourAddress;
                _server = message.Address(DhcpOption.ServerIdentifier);
                State = DhcpClientState.Requesting;
                _pause = FirstPause;
                SendToServer(DhcpMessageType.Request, unicast: false);
                ArmRetry();
                break;
            case (DhcpClientState.Requesting or DhcpClientState.Renewing or DhcpClientState.Rebinding, DhcpMessageType.Ack):
                Bind(message);
                break;
            case (DhcpClientState.Requesting or DhcpClientState.Renewing or DhcpClientState.Rebinding, DhcpMessageType.Nak):
                Unconfigure();
                Restart(Duration.FromSeconds(1));
                break;
            default:
                break;
        }
    }

    /// <summary>RFC 2131 section 4.4.5: the lease counts from when the request was sent; here the answer is as good.</summary>
    private void Bind(in DhcpMessage message)
    {
        SimTime now = Node.Now;
        uint lease = message.Time(DhcpOption.LeaseTime) ?? 3600;
        uint renewal = message.Time(DhcpOption.RenewalTime) ?? lease / 2;
        uint rebinding = message.Time(DhcpOption.RebindingTime) ?? (uint)((ulong)lease * 7 / 8);
        _expires = now + Duration.FromSeconds(lease);
        _renewAt = now + Duration.FromSeconds(renewal);
        _rebindAt = now + Duration.FromSeconds(rebinding);
        _server = message.Address(DhcpOption.ServerIdentifier);
        if (State == DhcpClientState.Requesting || _address != message.YourAddress)
        {
            Unconfigure();
            _address = message.YourAddress;
            Configure(message);
        }
        else if (Find() is { } address)
        {
            address.ValidUntil = _expires;
            address.PreferredUntil = _expires;
        }

        State = DhcpClientState.Bound;
        _waits = false;
        Node.Schedule(_timer, _renewAt);
    }

    private void Configure(in DhcpMessage message)
    {
        uint mask = message.Address(DhcpOption.SubnetMask).Value;
        int length = mask == 0 ? 24 : System.Numerics.BitOperations.PopCount(mask);
        IPv4Address broadcast = message.Address(DhcpOption.BroadcastAddress);
        _space.IPv4.AddAddress(
            new DeviceAddress<IPv4Address>(_device, new InterfaceAddress<IPv4Address>(_address, length), RouteScope.Universe)
            {
                Broadcast = broadcast.IsUnspecified ? _address.Last(length) : broadcast,
                PreferredUntil = _expires,
                ValidUntil = _expires,
            });
        IPv4Address router = message.Address(DhcpOption.Router);
        if (!router.IsUnspecified)
        {
            _defaultRoute = new Route<IPv4Address>
            {
                Prefix = Prefix<IPv4Address>.Default,
                Protocol = RouteProtocol.Dhcp,
                PreferredSource = _address,
                NextHop = new NextHop<IPv4Address>(_device, router, hasGateway: true),
            };
            _space.IPv4.Routes.Add(_defaultRoute);
        }

        LastChange = Node.Now;
    }

    private void Unconfigure()
    {
        if (_defaultRoute is not null)
        {
            _space.IPv4.Routes.Remove(_defaultRoute);
            _defaultRoute = null;
            LastChange = Node.Now;
        }

        if (Find() is { } address)
        {
            _space.IPv4.RemoveAddress(_device, address.InterfaceAddress);
            LastChange = Node.Now;
        }
    }

    private DeviceAddress<IPv4Address>? Find() =>
        _space.IPv4.Addresses.FirstOrDefault(a => ReferenceEquals(a.Device, _device) && a.Address == _address && a.ValidUntil < SimTime.Never);

    private void Restart(Duration pause)
    {
        State = DhcpClientState.Init;
        Node.Schedule(_timer, Node.Now + pause);
    }

    private void TimerFired()
    {
        switch (State)
        {
            case DhcpClientState.Init:
                Discover();
                break;
            case DhcpClientState.Selecting:
                _waits = false;
                Double();
                SendDiscover();
                ArmRetry();
                break;
            case DhcpClientState.Requesting:
                _waits = false;
                Double();
                if (_pause >= LongestPause)
                {
                    Restart(Duration.FromSeconds(1));
                    break;
                }

                SendToServer(DhcpMessageType.Request, unicast: false);
                ArmRetry();
                break;
            case DhcpClientState.Bound:
                _transaction = _random.NextUInt32();
                _began = Node.Now;
                State = DhcpClientState.Renewing;
                Renew();
                break;
            case DhcpClientState.Renewing or DhcpClientState.Rebinding:
                Renew();
                break;
            default:
                break;
        }
    }

    private void Discover()
    {
        _transaction = _random.NextUInt32();
        _began = Node.Now;
        _pause = FirstPause;
        State = DhcpClientState.Selecting;
        SendDiscover();
        ArmRetry();
    }

    /// <summary>RENEWING asks the own server until T2, REBINDING any server until the end (RFC 2131 section 4.4.5).</summary>
    private void Renew()
    {
        SimTime now = Node.Now;
        if (now >= _expires)
        {
            Unconfigure();
            _address = default;
            Restart(Duration.Zero);
            return;
        }

        State = now >= _rebindAt ? DhcpClientState.Rebinding : DhcpClientState.Renewing;
        SendToServer(DhcpMessageType.Request, unicast: State == DhcpClientState.Renewing);

        // Half of what is left until the next change of state, but not more often than once a minute.
        SimTime change = State == DhcpClientState.Renewing ? _rebindAt : _expires;
        Duration half = (change - now) / 2;
        SimTime next = now + (half < LeastRenewPause ? LeastRenewPause : half);
        Node.Schedule(_timer, next < change ? next : change);
    }

    private void Double() => _pause = _pause >= LongestPause ? LongestPause : _pause * 2;

    /// <summary>The pause, more or less a second (RFC 2131 section 4.1).</summary>
    private void ArmRetry() =>
        Node.Schedule(_timer, Node.Now + _pause + new Duration(_random.NextBelow(2_000_000_000) - 1_000_000_000));

    private ushort SecondsSinceBegin() => (ushort)Math.Min((Node.Now - _began).Nanoseconds / 1_000_000_000, ushort.MaxValue);

    private void SendDiscover()
    {
        byte[] buffer = new byte[600];
        DhcpMessage.WriteFixed(
            buffer, DhcpMessage.BootRequest, _transaction, SecondsSinceBegin(), SharesMac, default, default, _device.Mac);
        DhcpWriter writer = new(buffer, DhcpMessageType.Discover);
        AddOptions(ref writer);
        Broadcast(buffer.AsSpan(0, writer.Finish()));
    }

    private void SendToServer(DhcpMessageType type, bool unicast)
    {
        bool uses = State >= DhcpClientState.Bound;
        byte[] buffer = new byte[600];
        DhcpMessage.WriteFixed(
            buffer, DhcpMessage.BootRequest, _transaction, SecondsSinceBegin(), SharesMac && !uses, uses ? _address : default, default,
            _device.Mac);
        DhcpWriter writer = new(buffer, type);
        if (!uses)
        {
            writer.Add(DhcpOption.RequestedAddress, _address);
        }

        if (!uses || type == DhcpMessageType.Release)
        {
            writer.Add(DhcpOption.ServerIdentifier, _server);
        }

        AddOptions(ref writer);
        ReadOnlySpan<byte> message = buffer.AsSpan(0, writer.Finish());
        if (unicast && _socket is not null)
        {
            _socket.SendTo(_server, DhcpMessage.ServerPort, message);
        }
        else
        {
            Broadcast(message);
        }
    }

    private void AddOptions(ref DhcpWriter writer)
    {
        writer.Add(DhcpOption.ClientIdentifier, _identifier);
        writer.Add(
            DhcpOption.ParameterList,
            [DhcpOption.SubnetMask, DhcpOption.BroadcastAddress, DhcpOption.Router, DhcpOption.DomainName, DhcpOption.DomainNameServer]);
    }

    private void Broadcast(ReadOnlySpan<byte> message) =>
        DhcpDatagrams.Send(
            _device, MacAddress.Broadcast, State >= DhcpClientState.Bound ? _address : default, IPv4Address.Broadcast, DhcpMessage.ClientPort, DhcpMessage.ServerPort, message);
}
