namespace Netemu.Calico.Yaml;

/// <summary>What hostile input may cost. Every limit is far above what a topology or a cluster's manifests need.</summary>
public static class YamlLimits
{
    /// <summary>Levels of nesting, aliases expanded.</summary>
    public const int Depth = 64;

    /// <summary>Characters of one file.</summary>
    public const int Characters = 32 * 1024 * 1024;

    /// <summary>Nodes of one file as written.</summary>
    public const int Nodes = 4_000_000;

    /// <summary>Nodes that all aliases and merge keys of one file stand for together.</summary>
    public const int ExpandedNodes = 100_000;

    /// <summary>Findings about one file; reading stops there.</summary>
    public const int Findings = 100;
}
