namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>A condition that a rule's own fields can't express, with the state that it keeps.</summary>
internal abstract class CompiledMatch
{
    public abstract bool Matches(ref PacketView view);
}
