using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp;
using Netemu.Calico.Yaml;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Loading.Shapes;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Bgp;

/// <summary>
/// The configuration of speakers on the machine's own sockets: `speakers:`, each with a name, the addresses and the port it
/// listens on, and the `bgp:` block of a topology, word for word.
/// </summary>
public static class BgpDaemonFile
{
    private static readonly ObjectShape<SpeakerEntry> s_speaker = new("daemonSpeaker", "a speaker", static () => new())
    {
        { "name", Values.Name, (s, v) => s.Name = v, "What the speaker is called." },
        { "addresses", Values.List(Values.Address), (s, v) => s.Addresses = v, "Where it listens, and what it connects from." },
        { "port", Values.Port, (s, v) => s.Port = v, "Its TCP port (179)." },
        { "bgp", BgpShapes.Bgp, (s, v) => s.Bgp = v, "The speaker.", Presence.Required },
    };

    private static readonly ObjectShape<DaemonDocument> s_document = new("daemon", "a BGP daemon's configuration", static () => new())
    {
        { "speakers", Values.List(s_speaker), (s, v) => s.Speakers = v, "The speakers.", Presence.Required },
    };

    /// <summary>Reads a file's text; findings go into the bag.</summary>
    public static IReadOnlyList<BgpSpeakerConfiguration> Read(string file, string text, bool isLenient, DiagnosticBag found)
    {
        IReadOnlyList<YamlNode> documents = YamlReader.Read(text, file, found);
        Binder binder = new(found, static _ => null) { IsLenient = isLenient };
        if (found.HasErrors || documents.Count == 0 || !s_document.TryBind(documents[0], binder, out DaemonDocument document) || found.HasErrors)
        {
            return [];
        }

        return [.. document.Speakers.Select((speaker, index) => ConfigurationOf(speaker, index, found))];
    }

    private static BgpSpeakerConfiguration ConfigurationOf(SpeakerEntry speaker, int index, DiagnosticBag found)
    {
        if (speaker.Bgp.RouterId is null)
        {
            found.Error(LoaderCode.MissingKey, "a speaker needs the key 'router-id' here", speaker.Bgp.Range);
        }

        BgpSpeakerConfiguration configuration = new SpeakerSettings(speaker.Bgp, null, found).Build(speaker.Name ?? $"speaker{index + 1}");
        return configuration with
        {
            Listen = speaker.Addresses,
            Port = (ushort)(speaker.Port ?? BgpSpeakerConfiguration.WellKnownPort),
            Neighbors = [.. configuration.Neighbors.Select(n => WithSource(n, speaker.Addresses))],
        };
    }

    /// <summary>A session leaves from the address that the speaker listens on, if there is one of its family.</summary>
    private static BgpNeighbor WithSource(BgpNeighbor neighbor, IReadOnlyList<InternetAddress> addresses)
    {
        InternetAddress source = addresses.FirstOrDefault(a => a.Family == neighbor.Address.Family);
        return neighbor.Configuration.LocalAddress.IsNone && !source.IsNone && !source.IsUnspecified
            ? neighbor with { Configuration = neighbor.Configuration with { LocalAddress = source } }
            : neighbor;
    }

    private sealed class DaemonDocument : Spec
    {
        public IReadOnlyList<SpeakerEntry> Speakers { get; set; } = [];
    }

    private sealed class SpeakerEntry : Spec
    {
        public string? Name { get; set; }

        public IReadOnlyList<InternetAddress> Addresses { get; set; } = [];

        public int? Port { get; set; }

        public BgpSpec Bgp { get; set; } = new();
    }
}
