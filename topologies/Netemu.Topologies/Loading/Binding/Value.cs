using Netemu.Calico.Yaml;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>Binds a YAML node to a domain value, with findings where it is none.</summary>
internal abstract class Value<T> : ValueShape
{
    public abstract bool TryBind(YamlNode node, Binder binder, out T value);
}
