using Netemu.Calico.Yaml;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>Binds a node, with findings where it cannot.</summary>
internal delegate bool CustomBinding<T>(YamlNode node, Binder binder, out T value);
