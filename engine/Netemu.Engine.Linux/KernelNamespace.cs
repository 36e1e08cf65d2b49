using System;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace Netemu.Engine.Linux;

/// <summary>
/// A network namespace of the kernel, by the name that `ip netns` gives it. One that was made here goes away with
/// <see cref="Dispose"/>.
/// </summary>
/// <remarks>
/// A thread that enters a namespace ends there; sockets and TAPs keep the namespace they were made in.
/// </remarks>
public sealed class KernelNamespace : IDisposable
{
    private const string Folder = "/run/netns";

    private readonly bool _isOwned;
    private bool _disposed;

    private KernelNamespace(string? name, bool isOwned)
    {
        Name = name;
        _isOwned = isOwned;
    }

    /// <summary>The process's own.</summary>
    public static KernelNamespace Own { get; } = new(null, isOwned: false);

    /// <summary>Null for the process's own.</summary>
    public string? Name { get; }

    /// <summary>True if it was made here.</summary>
    public bool IsOwned => _isOwned;

    /// <summary>The namespace of that name, which is made if there is none.</summary>
    public static KernelNamespace OpenOrCreate(string name)
    {
        string path = PathOf(name);
        if (File.Exists(path))
        {
            return new KernelNamespace(name, isOwned: false);
        }

        PrepareFolder();
        File.Create(path).Dispose();
        try
        {
            OnThread(() =>
            {
                Interop.Check(Interop.unshare(Interop.CLONE_NEWNET), "unshare");
                Interop.Check(Interop.mount("/proc/thread-self/ns/net", path, null, Interop.MS_BIND, 0), $"mount {path}");
                return 0;
            });
        }
        catch
        {
            File.Delete(path);
            throw;
        }

        return new KernelNamespace(name, isOwned: true);
    }

    /// <summary>Runs <paramref name="action"/> on a thread inside the namespace.</summary>
    public T Run<T>(Func<T> action) => Name is null ? action() : OnThread(() =>
    {
        using SafeFileHandle handle = File.OpenHandle(PathOf(Name));
        Interop.Check(Interop.setns(handle, Interop.CLONE_NEWNET), $"setns {Name}");
        return action();
    });

    public void Dispose()
    {
        if (!_isOwned || _disposed)
        {
            return;
        }

        _disposed = true;
        string path = PathOf(Name!);
        _ = Interop.umount2(path, Interop.MNT_DETACH);
        File.Delete(path);
    }

    private static string PathOf(string name) => $"{Folder}/{name}";

    /// <summary>As `ip netns add` does: mounts in the folder are seen by all mount namespaces, so that `ip netns` works everywhere.</summary>
    private static void PrepareFolder()
    {
        Directory.CreateDirectory(Folder);
        if (Interop.mount(string.Empty, Folder, "none", Interop.MS_SHARED | Interop.MS_REC, 0) == 0)
        {
            return;
        }

        Interop.Check(Interop.mount(Folder, Folder, "none", Interop.MS_BIND | Interop.MS_REC, 0), $"mount {Folder}");
        Interop.Check(Interop.mount(string.Empty, Folder, "none", Interop.MS_SHARED | Interop.MS_REC, 0), $"mount {Folder}");
    }

    private static T OnThread<T>(Func<T> action)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
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
