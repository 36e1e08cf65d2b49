using System;
using System.Runtime;
using Netemu.Engine.Linux;

namespace Netemu.Cli;

/// <summary>
/// Memory in which no collection runs. What is allocated while an emulation is built and booted stays alive, so that a
/// collection there finds nothing, and moves and marks everything: at a million sessions that was most of the time. Pages
/// are touched as they are used; when the room is used up, collections come as ever. The pages are huge where the kernel
/// gives such. To reserve it takes a system call a megabyte, so a small run does without.
/// </summary>
internal static class QuietHeap
{
    private const long UsualBytes = 2L << 30;
    private const int LargeFrom = 200;

    /// <summary>Begins if that many nodes and Kubernetes objects are a large topology.</summary>
    public static void BeginFor(int objects)
    {
        if (objects >= LargeFrom)
        {
            Begin();
        }
    }

    /// <summary>Begins, or begins anew after a collection; does nothing while it lasts.</summary>
    public static void Begin() => Begin(UsualBytes);

    /// <summary>The same for something that is known to need this much, in bytes: the half of the machine's memory at most.</summary>
    public static void Begin(long bytes)
    {
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
        {
            return;
        }

        HugePageHeap.Advise();
        try
        {
            long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            GC.TryStartNoGCRegion(bytes > UsualBytes ? Math.Min(bytes, memory / 2) : Math.Min(UsualBytes, memory / 8));
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or InvalidOperationException)
        {
            // A machine too small for it, or another thread was first: collections come as ever.
        }
    }
}
