using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Engine.Devices;
using Netemu.Engine.Queueing;

namespace Netemu.Commands.Traffic;

/// <summary>
/// tc qdisc add, change, replace, link and delete: who may stand where, with the kernel's own refusals
/// (tc_modify_qdisc and tc_get_qdisc of net/sched/sch_api.c).
/// </summary>
internal static class QdiscObject
{
    public static CommandResult Modify(IpContext context, string verb)
    {
        IpArguments arguments = context.Arguments;
        NetDevice? device = null;
        bool hasDevice = false;
        uint handle = 0;
        uint parent = 0;
        string? kind = null;
        while (!arguments.AtEnd && kind is null)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "dev":
                    hasDevice = true;
                    device = arguments.Device();
                    break;
                case "handle":
                    string text = arguments.Value();
                    if (!TcUnits.TryParseHandle(text, out handle))
                    {
                        arguments.Invalid(text, "invalid qdisc ID");
                    }

                    break;
                case "root":
                    if (parent != 0)
                    {
                        arguments.Fail(255, "Error: \"root\" is duplicate parent ID");
                    }

                    parent = EgressQueue.Root;
                    break;
                case "parent":
                    string id = arguments.Value();
                    if (!TcUnits.TryParseClass(id, out parent))
                    {
                        arguments.Invalid(id, "invalid parent ID");
                    }

                    break;
                case "ingress" or "clsact":
                    arguments.Fail(2, $"Error: Specified qdisc kind is unknown.\nhint: '{word}' is not supported yet; egress disciplines are");
                    break;
                default:
                    kind = word;
                    break;
            }
        }

        if (arguments.Error is { } error)
        {
            return error;
        }

        if (verb == "delete")
        {
            return kind is not null && !arguments.AtEnd
                ? CommandResult.Failure(255, $"Garbage instead of arguments \"{arguments.Peek} ...\". Try \"tc qdisc help\".")
                : Delete(device, hasDevice, handle, parent, kind);
        }

        return kind is null
            ? RtnetlinkError.Extended("Specified qdisc kind is unknown.")
            : Install(context, verb, device, hasDevice, new QdiscRequest(kind, handle, parent));
    }

    private static CommandResult Install(IpContext context, string verb, NetDevice? device, bool hasDevice, QdiscRequest request)
    {
        QdiscWords? words = QdiscWords.For(request.Kind);
        if (words is null)
        {
            return RtnetlinkError.Extended($"Specified qdisc kind is unknown.{context.Hint("qdisc add", request.Kind)}");
        }

        if (!hasDevice || device is null)
        {
            return RtnetlinkError.NoSuchDevice;
        }

        EgressQueue queue = device.WritableEgress();
        uint parent = request.Parent == 0 ? EgressQueue.Root : request.Parent;
        QueueingDiscipline? present = queue.At(parent) is { Handle: not 0 } found ? found : null;
        if (parent != EgressQueue.Root && queue.Find(parent & 0xFFFF_0000) is null)
        {
            return RtnetlinkError.Extended("Failed to find specified qdisc.");
        }

        bool replaces = verb is "replace";
        bool exclusive = verb is "add";
        if (present is not null && request.Handle != 0 && present.Handle != request.Handle && !replaces)
        {
            return RtnetlinkError.Extended("NLM_F_REPLACE needed to override.");
        }

        bool isSame = present is not null && (request.Handle == 0 || present.Handle == request.Handle);
        if (isSame && present!.Kind == request.Kind)
        {
            return exclusive
                ? RtnetlinkError.Extended("Exclusivity flag on, cannot modify.")
                : words.Change(context, present) ?? CommandResult.Success;
        }

        if (isSame && request.Handle != 0)
        {
            return RtnetlinkError.Extended("Invalid qdisc name: must match existing qdisc.");
        }

        if (present is null && verb == "change")
        {
            return RtnetlinkError.Extended("Qdisc not found. To create specify NLM_F_CREATE flag.");
        }

        if (words.Create(context, device, out QueueingDiscipline? made) is { } refused)
        {
            return refused;
        }

        if (request.Handle != 0 && queue.Find(request.Handle) is { } other && !ReferenceEquals(other, present))
        {
            return RtnetlinkError.Extended("Exclusivity flag on, cannot override.");
        }

        // noqueue is what a device has without any discipline.
        return queue.Install(made, parent, request.Handle)
            ? CommandResult.Success
            : RtnetlinkError.Extended("Specified class not found.");
    }

    private static CommandResult Delete(NetDevice? device, bool hasDevice, uint handle, uint parent, string? kind)
    {
        if (!hasDevice || device is null)
        {
            return RtnetlinkError.NoSuchDevice;
        }

        EgressQueue? queue = device.Egress;
        uint place = parent == 0 && handle != 0 ? queue?.Find(handle)?.Parent ?? 0 : parent;
        QueueingDiscipline? present = queue is null || place == 0 ? null : queue.At(place);
        if (parent != 0 && parent != EgressQueue.Root && (queue is null || queue.Find(parent & 0xFFFF_0000) is null))
        {
            return RtnetlinkError.Extended("Failed to find specified qdisc.");
        }

        if (place == 0)
        {
            return RtnetlinkError.Extended(
                handle != 0 ? "Failed to find qdisc with specified handle." : "Cannot find specified qdisc on specified device.");
        }

        if (present is null || present.Handle == 0)
        {
            return handle != 0
                ? RtnetlinkError.Extended("Invalid handle.")
                : RtnetlinkError.Extended("Cannot delete qdisc with handle of zero.");
        }

        if (handle != 0 && present.Handle != handle)
        {
            return RtnetlinkError.Extended("Invalid handle.");
        }

        if (kind is not null && kind != present.Kind)
        {
            return RtnetlinkError.Extended("Invalid qdisc name: must match existing qdisc.");
        }

        if (present.Parent == EgressQueue.Root)
        {
            queue!.Install(null);
        }
        else
        {
            // The class gets the fifo back that it was made with.
            queue!.Uninstall(present);
        }

        return CommandResult.Success;
    }
}
