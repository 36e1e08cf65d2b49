namespace Netemu.Calico.Binding;

/// <summary>The codes of findings about manifests (30xx). A code never changes its meaning.</summary>
public static class ResourceCode
{
    /// <summary>A field that the kind does not have.</summary>
    public const string UnknownField = "W3001";

    /// <summary>A kind that is not understood: the document is skipped.</summary>
    public const string UnknownKind = "W3002";

    /// <summary>A field that is understood and has no effect here.</summary>
    public const string Ignored = "W3003";

    /// <summary>A namespace that is used and not declared.</summary>
    public const string ImpliedNamespace = "W3004";

    /// <summary>A Pod that no node fits.</summary>
    public const string Unplaced = "W3005";

    /// <summary>A selector of a policy, a rule or a Service that nothing in the cluster matches.</summary>
    public const string SelectsNothing = "W3006";

    /// <summary>A Pod's address that no pool has.</summary>
    public const string OutsidePools = "W3007";

    /// <summary>A value of the wrong YAML type.</summary>
    public const string WrongType = "E3010";

    /// <summary>A required field is missing.</summary>
    public const string Missing = "E3011";

    /// <summary>A value that the field cannot have.</summary>
    public const string InvalidValue = "E3012";

    /// <summary>A selector that does not parse.</summary>
    public const string Selector = "E3013";

    /// <summary>Fields that exclude each other, or need each other.</summary>
    public const string Conflict = "E3014";

    /// <summary>A reference to an object that does not exist.</summary>
    public const string Reference = "E3015";

    /// <summary>Two documents of one kind and name.</summary>
    public const string Duplicate = "E3016";

    /// <summary>Two pools that have addresses in common.</summary>
    public const string Overlap = "E3017";

    /// <summary>A valid setting that netemu does not have.</summary>
    public const string Unsupported = "U3020";
}
