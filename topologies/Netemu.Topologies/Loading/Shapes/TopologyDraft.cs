using Netemu.Calico.Yaml;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>
/// A topology document on its way: what others depend on (defaults, kinds, groups) is found first, nodes and links are
/// bound when all of it is known.
/// </summary>
internal sealed class TopologyDraft
{
    public TopologySpec Topology { get; } = new();

    public YamlNode? LinkDefaults { get; set; }

    public YamlNode? NodeDefaults { get; set; }

    public YamlEntry? Kinds { get; set; }

    public YamlEntry? Groups { get; set; }

    public YamlEntry? Nodes { get; set; }

    public YamlNode? Links { get; set; }

    public YamlNode? Cluster { get; set; }
}
