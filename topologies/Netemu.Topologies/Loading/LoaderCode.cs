namespace Netemu.Topologies.Loading;

/// <summary>
/// The codes of findings about topologies. E10xx belong to YAML itself (<see cref="Netemu.Calico.Yaml.YamlCode"/>),
/// E11xx to the structure of documents, E12xx to references, E13xx to values, W2xxx are warnings. A code never changes
/// its meaning.
/// </summary>
public static class LoaderCode
{
    public const string UnknownKey = "E1101";

    public const string WrongType = "E1102";

    public const string MissingKey = "E1103";

    /// <summary>A key that does not fit the others: two that exclude each other, or one of another type of device.</summary>
    public const string MisplacedKey = "E1104";

    /// <summary>No topology document, or several.</summary>
    public const string TopologyCount = "E1105";

    public const string FileNotFound = "E1106";

    public const string IncludeCycle = "E1107";

    public const string ObjectTwice = "E1108";

    /// <summary>A document that is neither a topology nor a manifest.</summary>
    public const string UnknownDocument = "E1109";

    /// <summary>A malformed range, or ranges of different lengths in one link.</summary>
    public const string BadRange = "E1110";

    public const string UnsetVariable = "E1111";

    /// <summary>A name that cannot name such a thing.</summary>
    public const string BadName = "E1112";

    /// <summary>A name that stands twice once ranges are expanded.</summary>
    public const string NameTwice = "E1113";

    /// <summary>More of something than one run may have.</summary>
    public const string TooMany = "E1114";

    public const string UnknownNamespace = "E1201";

    public const string UnknownDevice = "E1202";

    public const string UnknownNode = "E1203";

    /// <summary>Two links end at one device.</summary>
    public const string LinkEndTwice = "E1204";

    public const string UnknownPod = "E1205";

    public const string UnknownService = "E1206";

    public const string UnknownGroup = "E1207";

    public const string UnknownLink = "E1208";

    public const string UnknownPolicy = "E1209";

    /// <summary>A line of an FRR configuration that is not understood.</summary>
    public const string UnknownFrrLine = "E1230";

    /// <summary>A table dump (MRT) that is malformed or empty.</summary>
    public const string BadTableDump = "E1231";

    /// <summary>The two ends of a veth name different peers.</summary>
    public const string PeerMismatch = "E1210";

    /// <summary>A device below itself.</summary>
    public const string ParentCycle = "E1211";

    /// <summary>A reference to a device of a type that cannot serve.</summary>
    public const string WrongDevice = "E1212";

    public const string BadValue = "E1301";

    public const string MissingUnit = "E1302";

    public const string AmbiguousUnit = "E1303";

    public const string NotBoolean = "E1304";

    public const string OutOfRange = "E1305";

    /// <summary>The end of a link that no link reaches.</summary>
    public const string UnusedInterface = "W2001";

    /// <summary>An address that two devices of one segment have.</summary>
    public const string DuplicateAddress = "W2002";

    public const string UnusedDefinition = "W2004";

    /// <summary>A step whose absolute time has certainly passed when it is reached.</summary>
    public const string LateStep = "W2005";

    /// <summary>A time to wait for something that cannot come.</summary>
    public const string NeverTrue = "W2006";

    /// <summary>Two ends of a link with different MTUs.</summary>
    public const string MtuMismatch = "W2007";

    /// <summary>Routes of a table dump that no speaker can announce.</summary>
    public const string SkippedRoutes = "W2008";

    /// <summary>A variable that is set and that nothing in the topology names.</summary>
    public const string UnusedVariable = "W2009";

    /// <summary>A device with the address of its network itself, or the broadcast address.</summary>
    public const string NotAHost = "W2010";

    /// <summary>A BGP session to an address that nobody has, or to a speaker of another AS.</summary>
    public const string OneSidedSession = "W2011";

    /// <summary>A device that is named to be looked at, and that nothing makes.</summary>
    public const string NeverThere = "W2012";

    /// <summary>A command line whose syntax or commands are not known here.</summary>
    public const string UnknownCommand = "W2013";
}
