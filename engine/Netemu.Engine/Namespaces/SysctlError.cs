
namespace Netemu.Engine.Namespaces;

/// <summary>Why a sysctl could not be read or written.</summary>
public enum SysctlError : byte
{
    None,

    /// <summary>No such file (ENOENT).</summary>
    NotFound,

    /// <summary>The value is no number, or outside the range (EINVAL).</summary>
    Invalid,

    /// <summary>The key is shown for reference; the emulation knows no other value (EOPNOTSUPP).</summary>
    NotSupported,
}
