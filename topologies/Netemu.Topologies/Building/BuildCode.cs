namespace Netemu.Topologies.Building;

/// <summary>
/// The codes of findings that show only when a topology is built: E14xx for what Linux would refuse, U14xx for what netemu
/// does not have. A code never changes its meaning.
/// </summary>
public static class BuildCode
{
    /// <summary>A gateway that no connected route of the namespace reaches.</summary>
    public const string InvalidGateway = "E1401";

    public const string UnknownDevice = "E1402";

    /// <summary>A route, rule or neighbour of one family with parts of another.</summary>
    public const string MixedFamilies = "E1403";

    public const string UnknownSysctl = "E1404";

    public const string BadSysctlValue = "E1405";

    /// <summary>The same route, address or entry twice.</summary>
    public const string AlreadyExists = "E1406";

    public const string WrongDevice = "E1407";

    /// <summary>A start-up command that failed.</summary>
    public const string CommandFailed = "E1408";

    /// <summary>A process that could not start: its port is taken, its address not there.</summary>
    public const string ProcessFailed = "E1409";

    /// <summary>A number that the kernel would refuse with ERANGE.</summary>
    public const string OutOfRange = "E1410";

    /// <summary>A network with a live edge that is to converge, but nobody says how long nothing may change for that.</summary>
    public const string NeedsQuiet = "E1420";

    public const string UnsupportedDevice = "U1401";

    public const string UnsupportedBgp = "U1403";

    public const string UnsupportedCluster = "U1404";

    public const string UnsupportedProcess = "U1405";

    public const string UnsupportedOption = "U1406";

    public const string UnsupportedStep = "U1407";

    public const string UnsupportedCommand = "U1408";
}
