using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Live.Tests;

/// <summary>
/// A network that a scenario builds, disturbs and observes: the kernel's namespaces or the engine's. What it reports is
/// normalised text without times, equal lines counted ("3 x ..."), so that both can be held against one record.
/// </summary>
/// <remarks>IPv6 is off. Devices are up unless a scenario says otherwise. Errors of a command throw.</remarks>
public interface IScenarioNetwork : IDisposable
{
    /// <summary>Adds a network namespace with loopback up.</summary>
    void AddNamespace(string name, bool forwarding = false);

    /// <summary>
    /// Joins two namespaces by a veth pair, both ends up. The n-th pair has the addresses 02:00:00:00:0n:01 and :02.
    /// </summary>
    void AddVeth(string leftSpace, string leftDevice, string rightSpace, string rightDevice);

    /// <summary>Adds a bridge, up, without multicast snooping.</summary>
    void AddBridge(string space, string name);

    void Enslave(string space, string device, string bridge);

    /// <summary>Sets a word of `bridge link set`: hairpin, isolated, learning, flood.</summary>
    void SetPort(string space, string device, string word, bool on);

    /// <summary>Adds an address with its on-link length, "10.0.0.1/24".</summary>
    void AddAddress(string space, string device, string address);

    /// <summary>Adds a route: "10.1.0.0/16 via 10.0.0.1", "10.1.0.0/16 dev eth0", "unreachable 10.1.0.0/16".</summary>
    void AddRoute(string space, string route);

    void SetUp(string space, string device, bool up);

    void SetMtu(string space, string device, int mtu);

    /// <summary>Runs a command of iproute2 in a namespace: its output, or "EXIT: ERROR" if it fails.</summary>
    string Command(string space, string line);

    /// <summary>Moves a device to another namespace; it comes down.</summary>
    void Move(string space, string device, string target);

    /// <summary>Sets a sysctl by its dotted name below net.ipv4.</summary>
    void SetSysctl(string space, string name, int value);

    /// <summary>Sets net.bridge.bridge-nf-call-iptables.</summary>
    void SetBridgeNetfilter(string space, bool on);

    MacAddress MacOf(string space, string device);

    IReadOnlyList<string> Ping(string space, string destination, PingProbe? probe = null);

    IReadOnlyList<string> Udp(string space, string destination, UdpProbe? probe = null);

    /// <summary>Sends bytes from the Ethernet header on out of a device, unchanged.</summary>
    void Send(string space, string device, byte[] frame);

    /// <summary>Sends one after another, and waits for the effects of all.</summary>
    void SendAll(string space, string device, IEnumerable<byte[]> frames);

    /// <summary>Counts the frames of a device from now on.</summary>
    IFrameWatch Watch(string space, string device);

    /// <summary>Lets time pass.</summary>
    void Wait(TimeSpan time);

    /// <summary>Lets pass the time after which incomplete datagrams are given up.</summary>
    void ExpireFragments();

    /// <summary>What a bridge has learned: "02:00:00:00:01:01 p1".</summary>
    IReadOnlyList<string> Fdb(string space, string bridge);

    /// <summary>What a namespace knows of its neighbours: "10.0.0.2 eth0 02:00:00:00:01:02" or "... failed".</summary>
    IReadOnlyList<string> Neighbours(string space);

    /// <summary>Puts rules in force as iptables-restore does.</summary>
    void RestoreRules(string space, string rules);

    /// <summary>The rules in force as `iptables-save -c` writes them, without its remarks.</summary>
    IReadOnlyList<string> Rules(string space);

    /// <summary>The main table: "10.0.0.0/24 dev eth0", "10.1.0.0/16 via 10.0.0.2 dev eth0".</summary>
    IReadOnlyList<string> Routes(string space);
}
