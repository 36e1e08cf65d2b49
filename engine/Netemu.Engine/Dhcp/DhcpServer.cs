using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Dhcp;

/// <summary>
/// A DHCPv4 server on one device (RFC 2131 section 4.3). A known client gets its address again, a new one what it asks for
/// if that is free, else the lowest free address. Two clients with one identifier are one client to it.
/// </summary>
public sealed class DhcpServer : IUdpHandler
{
    /// <summary>How long an offer keeps its address.</summary>
    private static readonly Duration OfferTime = Duration.FromSeconds(60);

    private readonly NetworkNamespace _space;
    private readonly NetDevice _device;
    private readonly SortedDictionary<uint, DhcpLease> _byAddress = [];
    private readonly Dictionary<string, DhcpLease> _byClient = [];
    private readonly Dictionary<IPv4Address, SimTime> _declined = [];
    private UdpSocket? _socket;

    private DhcpServer(NetDevice device, DhcpServerOptions options)
    {
        _space = device.Namespace;
        _device = device;
        Options = options;
    }

    public DhcpServerOptions Options { get; }

    /// <summary>The leases in the order of their addresses; those that ran out are not among them.</summary>
    public IEnumerable<DhcpLease> Leases => _byAddress.Values.Where(l => l.IsBound && l.Expires > Now);

    private SimTime Now => _space.Node.Now;

    /// <summary>Starts serving; null if port 67 is taken.</summary>
    public static DhcpServer? Start(NetDevice device, DhcpServerOptions options)
    {
        DhcpServer server = new(device, options);
        server._socket = device.Namespace.Udp.Open(InternetAddress.From(IPv4Address.Any), DhcpMessage.ServerPort, server, out _, device);
        return server._socket is null ? null : server;
    }

    public void Stop() => _socket?.Close();

    void IUdpHandler.OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload)
    {
        if (DhcpMessage.TryParse(payload, out DhcpMessage message) != WireError.None || message.Operation != DhcpMessage.BootRequest
            || OwnAddress() is not { } own)
        {
            return;
        }

        switch (message.Type)
        {
            case DhcpMessageType.Discover:
                Discover(message, own);
                break;
            case DhcpMessageType.Request:
                Request(message, own);
                break;
            case DhcpMessageType.Decline:
                Decline(message, own);
                break;
            case DhcpMessageType.Release:
                Release(message);
                break;
            case DhcpMessageType.Inform:
                Send(message, own, DhcpMessageType.Ack, default, withLease: false);
                break;
            default:
                break;
        }
    }

    void IUdpHandler.OnError(UdpSocket socket, IcmpError error)
    {
        // A client that is gone: its lease runs out by itself.
    }

    private static string KeyOf(in DhcpMessage message)
    {
        ReadOnlySpan<byte> identifier = message.Find(DhcpOption.ClientIdentifier);
        return identifier.IsEmpty ? $"mac:{message.ClientMac}" : Convert.ToHexString(identifier);
    }

    private DeviceAddress<IPv4Address>? OwnAddress()
    {
        foreach (DeviceAddress<IPv4Address> address in _space.IPv4.Addresses)
        {
            if (ReferenceEquals(address.Device, _device))
            {
                return address;
            }
        }

        return null;
    }

    private void Discover(in DhcpMessage message, DeviceAddress<IPv4Address> own)
    {
        if (Choose(message, own) is not { } address)
        {
            // Nothing is left: the client hears nothing.
            return;
        }

        DhcpLease lease = LeaseOf(message, address);
        if (!lease.IsBound || lease.Expires <= Now)
        {
            lease.IsBound = false;
            lease.Expires = Now + OfferTime;
        }

        Send(message, own, DhcpMessageType.Offer, address, withLease: true);
    }

    /// <summary>RFC 2131 section 4.3.2: which of the four kinds of request it is follows from what it carries.</summary>
    private void Request(in DhcpMessage message, DeviceAddress<IPv4Address> own)
    {
        IPv4Address server = message.Address(DhcpOption.ServerIdentifier);
        IPv4Address wanted = message.Address(DhcpOption.RequestedAddress);
        if (!server.IsUnspecified && server != own.Address)
        {
            // SELECTING another server: ours is free again.
            if (_byClient.TryGetValue(KeyOf(message), out DhcpLease? offered) && !offered.IsBound)
            {
                Forget(offered);
            }

            return;
        }

        // RENEWING and REBINDING name the address that is in use.
        IPv4Address address = wanted.IsUnspecified ? message.ClientAddress : wanted;
        bool known = _byClient.TryGetValue(KeyOf(message), out DhcpLease? lease);
        if (known && lease!.Address == address)
        {
            Bind(message, own, lease);
            return;
        }

        if (!known && server.IsUnspecified && !wanted.IsUnspecified && own.InterfaceAddress.Prefix.Contains(address))
        {
            // INIT-REBOOT of a client that this server does not know: another one may (section 4.3.2).
            return;
        }

        Send(message, own, DhcpMessageType.Nak, default, withLease: false);
    }

    private void Bind(in DhcpMessage message, DeviceAddress<IPv4Address> own, DhcpLease lease)
    {
        lease.IsBound = true;
        lease.Mac = message.ClientMac;
        lease.Expires = Now + Options.Lease;
        _space.Node.Hash.AddNumber(((ulong)lease.Address.Value << 32) ^ (ulong)lease.Expires.Nanoseconds);
        Send(message, own, DhcpMessageType.Ack, lease.Address, withLease: true);
    }

    /// <summary>The client has found its address in use: nobody gets it for the time of a lease.</summary>
    private void Decline(in DhcpMessage message, DeviceAddress<IPv4Address> own)
    {
        IPv4Address address = message.Address(DhcpOption.RequestedAddress);
        if (message.Address(DhcpOption.ServerIdentifier) == own.Address && _byClient.TryGetValue(KeyOf(message), out DhcpLease? lease)
            && lease.Address == address)
        {
            Forget(lease);
            _declined[address] = Now + Options.Lease;
        }
    }

    private void Release(in DhcpMessage message)
    {
        // The binding is kept, so that the client gets the same address again while it is free (section 4.3.4).
        if (_byClient.TryGetValue(KeyOf(message), out DhcpLease? lease) && lease.Address == message.ClientAddress)
        {
            lease.IsBound = false;
            lease.Expires = Now;
        }
    }

    /// <summary>RFC 2131 section 4.3.1: reserved, present, previous, requested, lowest free; null if there is none.</summary>
    private IPv4Address? Choose(in DhcpMessage message, DeviceAddress<IPv4Address> own)
    {
        foreach ((MacAddress mac, IPv4Address reserved) in Options.Reservations)
        {
            if (mac == message.ClientMac)
            {
                return reserved;
            }
        }

        if (_byClient.TryGetValue(KeyOf(message), out DhcpLease? lease) && !IsDeclined(lease.Address))
        {
            return lease.Address;
        }

        IPv4Address wanted = message.Address(DhcpOption.RequestedAddress);
        if (wanted.Value >= Options.First.Value && wanted.Value <= Options.Last.Value && IsFree(wanted, own))
        {
            return wanted;
        }

        for (uint value = Options.First.Value; value <= Options.Last.Value && value != 0; value++)
        {
            IPv4Address candidate = new(value);
            if (IsFree(candidate, own))
            {
                return candidate;
            }
        }

        return null;
    }

    private bool IsFree(IPv4Address address, DeviceAddress<IPv4Address> own)
    {
        foreach ((MacAddress _, IPv4Address reserved) in Options.Reservations)
        {
            if (reserved == address)
            {
                return false;
            }
        }

        return address != own.Address && address != Options.Router && !IsDeclined(address)
            && (!_byAddress.TryGetValue(address.Value, out DhcpLease? lease) || lease.Expires <= Now);
    }

    private bool IsDeclined(IPv4Address address) => _declined.TryGetValue(address, out SimTime until) && Now < until;

    private DhcpLease LeaseOf(in DhcpMessage message, IPv4Address address)
    {
        string key = KeyOf(message);
        if (_byClient.TryGetValue(key, out DhcpLease? lease))
        {
            if (lease.Address == address)
            {
                return lease;
            }

            Forget(lease);
        }

        if (_byAddress.TryGetValue(address.Value, out DhcpLease? expired))
        {
            Forget(expired);
        }

        lease = new DhcpLease(key, address, message.ClientMac);
        _byClient[key] = lease;
        _byAddress[address.Value] = lease;
        return lease;
    }

    private void Forget(DhcpLease lease)
    {
        _byClient.Remove(lease.Client);
        _byAddress.Remove(lease.Address.Value);
    }

    /// <summary>
    /// RFC 2131 section 4.1: to the address that the client uses; by broadcast if it asks for that or is refused; else to its
    /// hardware address, which can't be asked for yet.
    /// </summary>
    private void Send(
        in DhcpMessage request, DeviceAddress<IPv4Address> own, DhcpMessageType type, IPv4Address your, bool withLease)
    {
        byte[] buffer = new byte[600];
        bool broadcast = request.Broadcast || type == DhcpMessageType.Nak;
        DhcpMessage.WriteFixed(
            buffer, DhcpMessage.BootReply, request.TransactionId, 0, request.Broadcast,
            type == DhcpMessageType.Ack ? request.ClientAddress : default, your, request.ClientMac);
        DhcpWriter writer = new(buffer, type);
        writer.Add(DhcpOption.ServerIdentifier, own.Address);
        if (withLease)
        {
            uint seconds = (uint)Math.Min(Options.Lease.Nanoseconds / 1_000_000_000, uint.MaxValue);
            writer.AddSeconds(DhcpOption.LeaseTime, seconds);
            writer.AddSeconds(DhcpOption.RenewalTime, seconds / 2);
            writer.AddSeconds(DhcpOption.RebindingTime, (uint)((ulong)seconds * 7 / 8));
        }

        if (type != DhcpMessageType.Nak)
        {
            AddParameters(ref writer, own);
        }

        ReadOnlySpan<byte> message = buffer.AsSpan(0, writer.Finish());
        if (!request.ClientAddress.IsUnspecified && type != DhcpMessageType.Nak)
        {
            _socket!.SendTo(request.ClientAddress, DhcpMessage.ClientPort, message);
            return;
        }

        MacAddress mac = broadcast ? MacAddress.Broadcast : request.ClientMac;
        IPv4Address destination = broadcast ? IPv4Address.Broadcast : your;
        DhcpDatagrams.Send(_device, mac, own.Address, destination, DhcpMessage.ServerPort, DhcpMessage.ClientPort, message);
    }

    private void AddParameters(ref DhcpWriter writer, DeviceAddress<IPv4Address> own)
    {
        int length = own.InterfaceAddress.Length;
        writer.Add(DhcpOption.SubnetMask, new IPv4Address(length == 0 ? 0 : uint.MaxValue << (32 - length)));
        writer.Add(DhcpOption.BroadcastAddress, own.Address.Last(length));
        if (!Options.Router.IsUnspecified)
        {
            writer.Add(DhcpOption.Router, Options.Router);
        }

        if (Options.DnsServers.Count > 0)
        {
            byte[] servers = new byte[Options.DnsServers.Count * IPv4Address.Size];
            for (int i = 0; i < Options.DnsServers.Count; i++)
            {
                Options.DnsServers[i].Write(servers.AsSpan(i * IPv4Address.Size));
            }

            writer.Add(DhcpOption.DomainNameServer, servers);
        }
    }
}
