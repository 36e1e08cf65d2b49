using System;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace Netemu.Live.Tests.Kernel;

/// <summary>
/// Runs something inside a network namespace, on a thread that ends with it. A socket keeps the namespace it was made in,
/// so what is made here serves anywhere.
/// </summary>
internal static class NamespaceThread
{
    public static T Run<T>(string name, Func<T> action)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                using SafeFileHandle handle = File.OpenHandle($"/var/run/netns/{name}");
                if (Interop.setns(handle, Interop.CLONE_NEWNET) != 0)
                {
                    throw new IOException($"setns {name}: errno {Marshal.GetLastPInvokeError()}");
                }

                result = action();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }
}
