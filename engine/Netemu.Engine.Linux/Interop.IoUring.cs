using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Netemu.Engine.Linux;

/// <summary>linux/io_uring.h. The C library has no functions for it: the calls go by syscall(2), with the numbers that all architectures share.</summary>
internal static partial class Interop
{
    public const nint SYS_io_uring_setup = 425;
    public const nint SYS_io_uring_enter = 426;
    public const nint SYS_io_uring_register = 427;

    public const byte IORING_OP_READ = 22;
    public const byte IORING_OP_WRITE = 23;
    public const byte IOSQE_FIXED_FILE = 1;
    public const uint IORING_ENTER_GETEVENTS = 1;
    public const uint IORING_REGISTER_FILES = 2;
    public const nint IORING_OFF_SQ_RING = 0;
    public const nint IORING_OFF_CQ_RING = 0x8000000;
    public const nint IORING_OFF_SQES = 0x10000000;

    /// <summary>uapi/linux/fs.h: an operation that would have to wait ends with EAGAIN.</summary>
    public const uint RWF_NOWAIT = 8;

    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_SHARED = 1;
    public const int MAP_POPULATE = 0x8000;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static unsafe partial nint io_uring_setup(nint number, nint entries, io_uring_params* parameters);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint io_uring_enter(nint number, SafeFileHandle fd, nint toSubmit, nint minComplete, nint flags, nint sig, nint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static unsafe partial nint io_uring_register(nint number, SafeFileHandle fd, nint opcode, int* arg, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial byte* mmap(void* addr, nuint length, int protection, int flags, SafeFileHandle fd, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int munmap(void* addr, nuint length);

    [StructLayout(LayoutKind.Sequential)]
    public struct io_sqring_offsets
    {
        public uint head;
        public uint tail;
        public uint ring_mask;
        public uint ring_entries;
        public uint flags;
        public uint dropped;
        public uint array;
        public uint resv1;
        public ulong user_addr;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct io_cqring_offsets
    {
        public uint head;
        public uint tail;
        public uint ring_mask;
        public uint ring_entries;
        public uint overflow;
        public uint cqes;
        public uint flags;
        public uint resv1;
        public ulong user_addr;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct io_uring_params
    {
        public uint sq_entries;
        public uint cq_entries;
        public uint flags;
        public uint sq_thread_cpu;
        public uint sq_thread_idle;
        public uint features;
        public uint wq_fd;
        public uint resv0;
        public uint resv1;
        public uint resv2;
        public io_sqring_offsets sq_off;
        public io_cqring_offsets cq_off;
    }

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    public struct io_uring_sqe
    {
        public byte opcode;
        public byte flags;
        public ushort ioprio;
        public int fd;
        public ulong off;
        public ulong addr;
        public uint len;
        public uint rw_flags;
        public ulong user_data;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct io_uring_cqe
    {
        public ulong user_data;
        public int res;
        public uint flags;
    }
}
