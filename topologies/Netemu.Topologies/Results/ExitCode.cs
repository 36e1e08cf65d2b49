namespace Netemu.Topologies.Results;

/// <summary>The exit codes of the command line. Of several causes the one that comes first in 70, 3, 4, 1, 5 is told.</summary>
public enum ExitCode
{
    Success = 0,
    ExpectationFailed = 1,
    InvalidInput = 3,
    UnsupportedFeature = 4,
    NotConverged = 5,
    Usage = 64,
    InternalError = 70,
    MissingPrivilege = 77,
    Interrupted = 130,
}
