namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>A target that does more than give a verdict.</summary>
internal abstract class CompiledTarget
{
    public abstract TargetResult Execute(ref PacketView view);
}
