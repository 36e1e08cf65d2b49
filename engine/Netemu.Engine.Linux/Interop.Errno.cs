using System.Runtime.InteropServices;

namespace Netemu.Engine.Linux;

/// <summary>
/// errno.h. Everything here keeps the kernel's spelling and layout; a call that fails is a <see cref="KernelException"/>
/// with its errno, or a value where failing is ordinary.
/// </summary>
internal static partial class Interop
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int EINTR = 4;
    public const int EIO = 5;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int ENODEV = 19;
    public const int EINVAL = 22;
    public const int ENETDOWN = 100;
    public const int ENOBUFS = 105;

    /// <summary>Throws with the errno of the call that has just failed, if it has.</summary>
    internal static int Check(int result, string what) =>
        result < 0 ? throw new KernelException(what, Marshal.GetLastPInvokeError()) : result;
}
