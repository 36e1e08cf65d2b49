namespace Netemu.Calico.Yaml;

/// <summary>How a scalar was written (YAML 1.2 section 7.3 and 8.1): only a plain one can be anything but a string.</summary>
public enum YamlScalarStyle : byte
{
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}
