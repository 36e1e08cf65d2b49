using System;
using Microsoft.Win32.SafeHandles;

namespace Netemu.Engine.Linux;

/// <summary>An eventfd: any thread signals it, the engine's thread waits on it with everything else.</summary>
internal sealed class WakeUp : IDisposable
{
    public WakeUp()
    {
        Handle = Interop.eventfd(0, Interop.EFD_NONBLOCK | Interop.EFD_CLOEXEC);
        Interop.Check(Handle.IsInvalid ? -1 : 0, "eventfd");
    }

    public SafeFileHandle Handle { get; }

    public unsafe void Signal()
    {
        ulong one = 1;
        _ = Interop.write(Handle, (byte*)&one, sizeof(ulong));
    }

    public unsafe void Clear()
    {
        ulong count;
        _ = Interop.read(Handle, (byte*)&count, sizeof(ulong));
    }

    public void Dispose() => Handle.Dispose();
}
