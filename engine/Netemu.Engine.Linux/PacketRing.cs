using System;
using System.Runtime.InteropServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace Netemu.Engine.Linux;

/// <summary>
/// Many reads, or many writes, of one file in one system call (io_uring), each of one packet with a buffer of its own. Nothing
/// waits: an operation that would (RWF_NOWAIT) fails, so that all have ended, in their order, when the call returns.
/// </summary>
internal sealed unsafe class PacketRing : IDisposable
{
    /// <summary>Packets of one call: entering the kernel costs a small part of them then.</summary>
    public const int Slots = 32;

    private readonly SafeFileHandle _ring;
    private readonly byte _operation;
    private readonly int _slotSize;
    private readonly byte[] _buffers;
    private readonly int[] _results = new int[Slots];
    private readonly (nint Address, nuint Length)[] _maps;
    private readonly uint* _tail;
    private readonly uint* _array;
    private readonly uint _mask;
    private readonly uint* _completedHead;
    private readonly uint* _completedTail;
    private readonly uint _completedMask;
    private readonly Interop.io_uring_sqe* _entries;
    private readonly Interop.io_uring_cqe* _completed;

    private PacketRing(SafeFileHandle ring, byte operation, int slotSize, (nint Address, nuint Length)[] maps, in Interop.io_uring_params layout)
    {
        _ring = ring;
        _operation = operation;
        _slotSize = slotSize;
        _buffers = GC.AllocateUninitializedArray<byte>(Slots * slotSize, pinned: true);
        _maps = maps;
        byte* submission = (byte*)maps[0].Address;
        byte* completion = (byte*)maps[1].Address;
        _tail = (uint*)(submission + layout.sq_off.tail);
        _array = (uint*)(submission + layout.sq_off.array);
        _mask = *(uint*)(submission + layout.sq_off.ring_mask);
        _completedHead = (uint*)(completion + layout.cq_off.head);
        _completedTail = (uint*)(completion + layout.cq_off.tail);
        _completedMask = *(uint*)(completion + layout.cq_off.ring_mask);
        _completed = (Interop.io_uring_cqe*)(completion + layout.cq_off.cqes);
        _entries = (Interop.io_uring_sqe*)maps[2].Address;
    }

    /// <summary>A ring for reading (or writing) a file; null where the kernel has none or does not allow it.</summary>
    public static PacketRing? TryCreate(SafeFileHandle file, bool writes, int slotSize)
    {
        Interop.io_uring_params layout = default;
        nint descriptor = Interop.io_uring_setup(Interop.SYS_io_uring_setup, Slots, &layout);
        if (descriptor < 0)
        {
            return null;
        }

        SafeFileHandle ring = new(descriptor, ownsHandle: true);
        (nint Address, nuint Length)[] maps =
        [
            Map(ring, Interop.IORING_OFF_SQ_RING, layout.sq_off.array + (layout.sq_entries * sizeof(uint))),
            Map(ring, Interop.IORING_OFF_CQ_RING, layout.cq_off.cqes + (layout.cq_entries * (uint)sizeof(Interop.io_uring_cqe))),
            Map(ring, Interop.IORING_OFF_SQES, layout.sq_entries * (uint)sizeof(Interop.io_uring_sqe)),
        ];
        int number = (int)file.DangerousGetHandle();
        if (Array.Exists(maps, m => m.Address == -1)
            || Interop.io_uring_register(Interop.SYS_io_uring_register, ring, (nint)Interop.IORING_REGISTER_FILES, &number, 1) < 0)
        {
            Release(maps);
            ring.Dispose();
            return null;
        }

        return new PacketRing(ring, writes ? Interop.IORING_OP_WRITE : Interop.IORING_OP_READ, slotSize, maps, layout);
    }

    /// <summary>The buffer of an operation.</summary>
    public Span<byte> Slot(int index) => _buffers.AsSpan(index * _slotSize, _slotSize);

    /// <summary>
    /// Reads into the first slots, or writes so many bytes of each; what became of each of them, in order: bytes, or a negative
    /// errno. Valid until the next call.
    /// </summary>
    public ReadOnlySpan<int> Submit(int count, ReadOnlySpan<int> lengths)
    {
        uint tail = *_tail;
        byte* buffers = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_buffers, 0);
        for (int i = 0; i < count; i++)
        {
            uint index = tail & _mask;
            _entries[index] = new Interop.io_uring_sqe
            {
                opcode = _operation,
                flags = Interop.IOSQE_FIXED_FILE,
                fd = 0,
                off = ulong.MaxValue,
                addr = (ulong)(buffers + ((long)i * _slotSize)),
                len = (uint)(lengths.IsEmpty ? _slotSize : lengths[i]),
                rw_flags = Interop.RWF_NOWAIT,
                user_data = (ulong)i,
            };
            _array[index] = index;
            tail++;
        }

        Volatile.Write(ref *_tail, tail);
        Span<int> results = _results.AsSpan(0, count);
        results.Fill(-Interop.EAGAIN);
        nint submitted = Interop.io_uring_enter(
            Interop.SYS_io_uring_enter, _ring, count, count, (nint)Interop.IORING_ENTER_GETEVENTS, 0, 0);
        if (submitted < 0)
        {
            throw new KernelException("io_uring_enter", Marshal.GetLastPInvokeError());
        }

        uint head = *_completedHead;
        for (; head != Volatile.Read(ref *_completedTail); head++)
        {
            ref Interop.io_uring_cqe entry = ref _completed[head & _completedMask];
            results[(int)entry.user_data] = entry.res;
        }

        Volatile.Write(ref *_completedHead, head);
        return results;
    }

    public void Dispose()
    {
        Release(_maps);
        _ring.Dispose();
    }

    private static (nint Address, nuint Length) Map(SafeFileHandle ring, nint offset, uint length) =>
        ((nint)Interop.mmap(
            null, length, Interop.PROT_READ | Interop.PROT_WRITE, Interop.MAP_SHARED | Interop.MAP_POPULATE, ring, offset), length);

    private static void Release((nint Address, nuint Length)[] maps)
    {
        foreach ((nint address, nuint length) in maps)
        {
            if (address != -1)
            {
                _ = Interop.munmap((void*)address, length);
            }
        }
    }
}
