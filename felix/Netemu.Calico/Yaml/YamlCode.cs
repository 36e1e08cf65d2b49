namespace Netemu.Calico.Yaml;

/// <summary>The codes of findings about YAML itself (E10xx). A code never changes its meaning.</summary>
public static class YamlCode
{
    /// <summary>The text is not YAML.</summary>
    public const string Syntax = "E1001";

    /// <summary>The file holds bytes that no text has.</summary>
    public const string Binary = "E1002";

    /// <summary>A limit of <see cref="YamlLimits"/> is passed.</summary>
    public const string Limit = "E1003";

    /// <summary>A key stands twice in one mapping.</summary>
    public const string DuplicateKey = "E1004";

    /// <summary>An explicit tag (<c>!x</c>).</summary>
    public const string Tag = "E1005";

    /// <summary>An alias without an anchor before it, or inside its own anchor.</summary>
    public const string Alias = "E1006";

    /// <summary>A key that is no scalar.</summary>
    public const string Key = "E1007";

    /// <summary>A merge key whose value is no mapping.</summary>
    public const string Merge = "E1008";
}
