using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sockets;

/// <summary>
/// The small JSON form of a speaker: as, routerId, address, neighbors (address, as, passive, rrClient), networks,
/// connectDelay, connectRetry, nextHopSelf; or several of them under "nodes".
/// </summary>
public static class DaemonConfiguration
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The file is not what it should be; the message names file and field.</exception>
    public static IReadOnlyList<BgpSpeakerConfiguration> Load(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            return Read(document.RootElement, file);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"{file}:{exception.LineNumber + 1}:{exception.BytePositionInLine + 1}: error: {exception.Message}", exception);
        }
    }

    private static List<BgpSpeakerConfiguration> Read(JsonElement root, string file)
    {
        List<BgpSpeakerConfiguration> speakers = [];
        if (root.TryGetProperty("nodes", out JsonElement nodes))
        {
            foreach (JsonElement node in nodes.EnumerateArray())
            {
                speakers.Add(ReadSpeaker(new Fields(node, file)));
            }
        }
        else
        {
            speakers.Add(ReadSpeaker(new Fields(root, file)));
        }

        return speakers;
    }

    private static BgpSpeakerConfiguration ReadSpeaker(Fields fields)
    {
        InternetAddress address = fields.Address("address");
        BgpTimers timers = BgpTimers.Of(TimerProfile.CalicoBird) with
        {
            ConnectDelay = Duration.FromMilliseconds((long)(fields.Number("connectDelay", 2) * 1000)),
            ConnectRetry = Duration.FromMilliseconds((long)(fields.Number("connectRetry", 5) * 1000)),
        };
        bool nextHopSelf = fields.Flag("nextHopSelf");

        // Neighbours with equal settings share one object, and so their update group is found at once.
        Dictionary<BgpNeighborConfiguration, BgpNeighborConfiguration> shared = [];
        List<BgpNeighbor> neighbors = [];
        foreach (Fields neighbor in fields.List("neighbors"))
        {
            BgpNeighborConfiguration configuration = new()
            {
                RemoteAs = neighbor.As("as"),
                Passive = neighbor.Flag("passive"),
                RouteReflectorClient = neighbor.Flag("rrClient"),
                NextHop = nextHopSelf ? NextHopMode.Self : NextHopMode.Automatic,
                Multihop = true,
                LocalAddress = address,
            };
            shared.TryAdd(configuration, configuration);
            neighbors.Add(new BgpNeighbor(neighbor.Address("address"), shared[configuration]));
        }

        List<BgpNetwork> networks = [];
        foreach (string network in fields.Strings("networks"))
        {
            networks.Add(new BgpNetwork(fields.Check(InternetPrefix.TryParse(network, out InternetPrefix prefix), prefix, "networks")));
        }

        return new BgpSpeakerConfiguration
        {
            Name = fields.Text("routerId"),
            As = fields.As("as"),
            RouterId = fields.Address("routerId").IPv4,
            Timers = timers,
            Listen = [address],
            Neighbors = neighbors,
            Networks = networks,
        };
    }

    /// <summary>The fields of one JSON object; a wrong one is an error with its name.</summary>
    private sealed class Fields(JsonElement element, string file)
    {
        public string Text(string name) =>
            element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()!
                : throw Wrong(name);

        public InternetAddress Address(string name) =>
            Check(InternetAddress.TryParse(Text(name), out InternetAddress address), address, name);

        public uint As(string name) =>
            element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
                && value.TryGetUInt32(out uint number)
                ? number
                : throw Wrong(name);

        public decimal Number(string name, decimal byDefault) =>
            !element.TryGetProperty(name, out JsonElement value) ? byDefault
            : value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number) ? number
            : throw Wrong(name);

        public bool Flag(string name) =>
            element.TryGetProperty(name, out JsonElement value)
            && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name));

        public IEnumerable<Fields> List(string name)
        {
            foreach (JsonElement item in Items(name))
            {
                yield return new Fields(item, file);
            }
        }

        public IEnumerable<string> Strings(string name)
        {
            foreach (JsonElement item in Items(name))
            {
                yield return item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Wrong(name);
            }
        }

        public T Check<T>(bool valid, T value, string name) => valid ? value : throw Wrong(name);

        private JsonElement.ArrayEnumerator Items(string name) =>
            !element.TryGetProperty(name, out JsonElement list) ? default
            : list.ValueKind == JsonValueKind.Array ? list.EnumerateArray()
            : throw Wrong(name);

        private InvalidDataException Wrong(string name) => new($"{file}: error: field '{name}' is missing or malformed");
    }
}
