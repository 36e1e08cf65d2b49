namespace Netemu.Bgp.Bfd;

/// <summary>The table of RFC 5880 section 6.8.6: our state, and the state that the other side says it is in.</summary>
public static class BfdStateMachine
{
    public static BfdState Next(BfdState local, BfdState received) => (local, received) switch
    {
        (BfdState.AdminDown, _) => BfdState.AdminDown,
        (BfdState.Down, BfdState.Down) => BfdState.Init,
        (BfdState.Down, BfdState.Init) => BfdState.Up,
        (BfdState.Init, BfdState.Init or BfdState.Up) => BfdState.Up,
        (_, BfdState.AdminDown) => BfdState.Down,
        (BfdState.Up, BfdState.Down) => BfdState.Down,
        _ => local,
    };
}
