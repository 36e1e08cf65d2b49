namespace Netemu.Calico.Yaml;

/// <summary>One key of a mapping with its value; the key's range is where a finding about the field points.</summary>
public readonly record struct YamlEntry(YamlScalar Key, YamlNode Value)
{
    public string Name => Key.Value;
}
