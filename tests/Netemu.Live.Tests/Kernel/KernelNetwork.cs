using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading;
using Netemu.Core.Addresses;
using Netemu.Testing;

namespace Netemu.Live.Tests.Kernel;

/// <summary>
/// A network of the kernel's namespaces, named with this process' number so that test runs do not meet. All of them go when
/// the network is disposed, and those of runs that died go when the next one starts.
/// </summary>
internal sealed partial class KernelNetwork : IScenarioNetwork
{
    private const string NamePrefix = "netemu-";
    private const string NamespaceFolder = "/var/run/netns";

    /// <summary>More than a frame needs to cross any of the scenarios, on a busy machine too.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(60);

    private static readonly ExternalTool Ip = ExternalTool.Require("ip");
    private static readonly ExternalTool BridgeTool = ExternalTool.Require("bridge");
    private static int _networks;

    private readonly string _prefix = $"{NamePrefix}{Environment.ProcessId}-{Interlocked.Increment(ref _networks)}-";
    private readonly List<string> _spaces = [];
    private int _veths;

    public KernelNetwork() => RemoveLeftovers();

    public void Dispose()
    {
        foreach (string space in _spaces)
        {
            Ip.Run("netns", "del", space);
        }
    }

    public void AddNamespace(string name, bool forwarding = false)
    {
        string space = _prefix + name;
        Check(Ip.Run("netns", "add", space));
        _spaces.Add(space);
        NamespaceThread.Run(space, () =>
        {
            Write("ipv6/conf/all/disable_ipv6", 1);
            Write("ipv6/conf/default/disable_ipv6", 1);
            Write("ipv4/conf/all/rp_filter", 0);
            Write("ipv4/conf/default/rp_filter", 0);
            Write("ipv4/ip_forward", forwarding ? 1 : 0);

            // Bridged packets are none of netfilter's business here.
            Write("bridge/bridge-nf-call-iptables", 0, optional: true);
            Write("ipv4/ipfrag_time", 1);
            return true;
        });
        InSpace(name, "link", "set", "lo", "up");
    }

    public void AddVeth(string leftSpace, string leftDevice, string rightSpace, string rightDevice)
    {
        string mac = $"02:00:00:00:{++_veths:x2}";
        Check(Ip.Run(
            "link", "add", leftDevice, "netns", _prefix + leftSpace, "address", $"{mac}:01", "type", "veth",
            "peer", "name", rightDevice, "netns", _prefix + rightSpace, "address", $"{mac}:02"));
        InSpace(leftSpace, "link", "set", leftDevice, "up");
        InSpace(rightSpace, "link", "set", rightDevice, "up");
    }

    public void AddBridge(string space, string name)
    {
        InSpace(space, "link", "add", name, "type", "bridge", "mcast_snooping", "0");
        InSpace(space, "link", "set", name, "up");
    }

    public void Enslave(string space, string device, string bridge) =>
        InSpace(space, "link", "set", device, "master", bridge);

    public void SetPort(string space, string device, string word, bool on) =>
        Check(BridgeTool.Run("-n", _prefix + space, "link", "set", "dev", device, word, on ? "on" : "off"));

    public void AddAddress(string space, string device, string address) =>
        InSpace(space, "addr", "add", address, "brd", "+", "dev", device);

    public void AddRoute(string space, string route) => InSpace(space, ["route", "add", .. route.Split(' ')]);

    public void SetUp(string space, string device, bool up) => InSpace(space, "link", "set", device, up ? "up" : "down");

    public void SetMtu(string space, string device, int mtu) => InSpace(space, "link", "set", device, "mtu", $"{mtu}");

    public string Command(string space, string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ExternalToolResult result = (words[0] == "bridge" ? BridgeTool : Ip).Run(["-n", _prefix + space, .. words[1..]]);
        return result.ExitCode == 0 ? result.Output : $"{result.ExitCode}: {result.Error.TrimEnd('\n')}";
    }

    public void Move(string space, string device, string target) =>
        InSpace(space, "link", "set", device, "netns", _prefix + target);

    public void SetSysctl(string space, string name, int value) => NamespaceThread.Run(_prefix + space, () =>
    {
        Write($"ipv4/{name.Replace('.', '/')}", value);
        return true;
    });

    public void SetBridgeNetfilter(string space, bool on) => NamespaceThread.Run(_prefix + space, () =>
    {
        Write("bridge/bridge-nf-call-iptables", on ? 1 : 0);
        return true;
    });

    public MacAddress MacOf(string space, string device) => MacAddress.Parse(
        Json(Ip, space, "link", "show", "dev", device)[0].GetProperty("address").GetString());

    public void Send(string space, string device, byte[] frame) => SendAll(space, device, [frame]);

    public void SendAll(string space, string device, IEnumerable<byte[]> frames)
    {
        using Socket socket = PacketWatch.Open(_prefix + space, device);
        foreach (byte[] frame in frames)
        {
            try
            {
                socket.Send(frame);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
            {
                // The device dropped the frame and said so; the scenario sees that it did not arrive.
            }
        }

        Thread.Sleep(Settling);
    }

    public IFrameWatch Watch(string space, string device) => new PacketWatch(_prefix + space, device);

    public void Wait(TimeSpan time) => Thread.Sleep(time);

    public void ExpireFragments() => Thread.Sleep(TimeSpan.FromSeconds(1.5));

    public IReadOnlyList<string> Fdb(string space, string bridge) =>
    [
        .. Json(BridgeTool, space, "fdb", "show", "br", bridge)
            .Where(entry => !entry.TryGetProperty("state", out JsonElement state) || state.GetString() != "permanent")
            .Select(entry => $"{entry.GetProperty("mac")} {entry.GetProperty("ifname")}")
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    public void RestoreRules(string space, string rules)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, rules);
            Check(Ip.Run("netns", "exec", _prefix + space, "iptables-restore", file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    public IReadOnlyList<string> Rules(string space)
    {
        ExternalToolResult saved = Ip.Run("netns", "exec", _prefix + space, "iptables-save", "-c");
        Check(saved);
        return [.. saved.Lines.Where(line => line.Length > 0 && line[0] != '#').Select(line => line.TrimEnd())];
    }

    public IReadOnlyList<string> Neighbours(string space) =>
    [
        .. Json(Ip, space, "neigh", "show")
            .Select(entry => $"{entry.GetProperty("dst")} {entry.GetProperty("dev")} {StateOf(entry)}")
            .Order(StringComparer.Ordinal),
    ];

    public IReadOnlyList<string> Routes(string space) =>
    [
        .. Json(Ip, space, "route", "show").Select(route =>
        {
            string type = route.TryGetProperty("type", out JsonElement given) ? $"{given} " : string.Empty;
            string via = route.TryGetProperty("gateway", out JsonElement gateway) ? $" via {gateway}" : string.Empty;
            string device = route.TryGetProperty("dev", out JsonElement dev) ? $" dev {dev}" : string.Empty;
            return $"{type}{route.GetProperty("dst")}{via}{device}";
        }).Order(StringComparer.Ordinal),
    ];

    private static string StateOf(JsonElement entry)
    {
        if (entry.TryGetProperty("lladdr", out JsonElement mac))
        {
            return mac.GetString()!;
        }

        return entry.GetProperty("state")[0].GetString()!.ToLowerInvariant();
    }

    /// <summary>Namespaces of test processes that no longer live.</summary>
    private static void RemoveLeftovers()
    {
        if (!Directory.Exists(NamespaceFolder))
        {
            return;
        }

        foreach (string name in Directory.EnumerateFiles(NamespaceFolder, $"{NamePrefix}*").Select(path => Path.GetFileName(path)!))
        {
            string[] parts = name.Split('-');
            if (parts.Length > 2 && int.TryParse(parts[1], out int process) && !Directory.Exists($"/proc/{process}"))
            {
                Ip.Run("netns", "del", name);
            }
        }
    }

    private static void Write(string sysctl, int value, bool optional = false)
    {
        string path = $"/proc/sys/net/{sysctl}";
        if (!optional || File.Exists(path))
        {
            File.WriteAllText(path, $"{value}\n");
        }
    }

    private static void Check(ExternalToolResult result)
    {
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException(result.Error);
        }
    }

    private void InSpace(string space, params string[] arguments) => Check(Ip.Run(["-n", _prefix + space, .. arguments]));

    private JsonElement[] Json(ExternalTool tool, string space, params string[] arguments)
    {
        ExternalToolResult result = tool.Run(["-j", "-n", _prefix + space, .. arguments]);
        Check(result);
        using JsonDocument document = JsonDocument.Parse(result.Output.Length == 0 ? "[]" : result.Output);
        return [.. document.RootElement.EnumerateArray().Select(element => element.Clone())];
    }
}
