namespace Netemu.Bgp.Fsm;

/// <summary>One cell of the table: the state that follows and what is done on the way.</summary>
public readonly record struct BgpTransition(BgpState State, BgpActions Actions);
