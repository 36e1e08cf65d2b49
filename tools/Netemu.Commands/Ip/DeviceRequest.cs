using Netemu.Commands.Shell;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>The words behind `ip link add type KIND`, gathered one by one, and the device that they make.</summary>
internal abstract class DeviceRequest
{
    /// <summary>The word behind `type`.</summary>
    public abstract string Kind { get; }

    /// <summary>What iproute2 says on the standard error although it goes on; null for nothing.</summary>
    public virtual string? Warning => null;

    /// <summary>Takes one word with its value; notes the error for one that it does not know.</summary>
    public abstract void Take(IpContext context);

    /// <summary>Makes the device, or says how the kernel refuses.</summary>
    public abstract NetDevice? Make(NetworkNamespace space, string name, NetDevice? link, out CommandResult? refused);

    /// <summary>Applies the words to a device that is there (ip link set type KIND); null if nothing was refused.</summary>
    public virtual CommandResult? Change(NetDevice device) => RtnetlinkError.NotSupported;

    protected void Unknown(IpContext context, string word) =>
        context.Arguments.Fail(255, $"{Kind}: unknown command \"{word}\"?{context.Hint($"link add type {Kind}", word)}");

    protected static CommandResult? Refusal(Errno error, string? words = null) =>
        error == Errno.None ? null : words is null ? RtnetlinkError.Of(error) : RtnetlinkError.Extended(words);
}
