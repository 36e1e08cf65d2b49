using Netemu.Engine.Frames;
using Netemu.Engine.Netfilter.Connections;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>MARK.</summary>
internal sealed class MarkTarget(uint value, uint mask) : CompiledTarget
{
    public override TargetResult Execute(ref PacketView view)
    {
        view.Frame.Mark = (view.Frame.Mark & ~mask) ^ value;
        return TargetResult.Continue;
    }
}

/// <summary>CONNMARK --set-xmark.</summary>
internal sealed class ConnectionMarkTarget(uint value, uint mask) : CompiledTarget
{
    public override TargetResult Execute(ref PacketView view)
    {
        if (view.Frame.Connection is Connection connection)
        {
            connection.Mark = (connection.Mark & ~mask) ^ value;
        }

        return TargetResult.Continue;
    }
}

/// <summary>CONNMARK --save-mark.</summary>
internal sealed class SaveMarkTarget(uint packetMask, uint connectionMask) : CompiledTarget
{
    public override TargetResult Execute(ref PacketView view)
    {
        if (view.Frame.Connection is Connection connection)
        {
            connection.Mark = (connection.Mark & ~connectionMask) ^ (view.Frame.Mark & packetMask);
        }

        return TargetResult.Continue;
    }
}

/// <summary>CONNMARK --restore-mark.</summary>
internal sealed class RestoreMarkTarget(uint packetMask, uint connectionMask) : CompiledTarget
{
    public override TargetResult Execute(ref PacketView view)
    {
        if (view.Frame.Connection is Connection connection)
        {
            view.Frame.Mark = (view.Frame.Mark & ~packetMask) ^ (connection.Mark & connectionMask);
        }

        return TargetResult.Continue;
    }
}

/// <summary>NOTRACK: connection tracking, which comes behind the raw table, leaves the packet alone.</summary>
internal sealed class NoTrackTarget : CompiledTarget
{
    public override TargetResult Execute(ref PacketView view)
    {
        if (view.Frame.Connection is null)
        {
            view.Frame.Flags |= FrameFlags.Untracked;
            view.Frame.ConnectionState = ConnectionState.Untracked;
        }

        return TargetResult.Continue;
    }
}
