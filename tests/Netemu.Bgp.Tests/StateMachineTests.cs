using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Fsm;

namespace Netemu.Bgp.Tests;

/// <summary>RFC 4271 section 8.2.2, cell by cell. The tables below were written from the RFC's text.</summary>
public sealed class StateMachineTests
{
    /// <summary>
    /// Next state, a slash, and the actions by letter. N NOTIFICATION, c stop ConnectRetryTimer, d stop DelayOpenTimer,
    /// R release, D drop, z zero the counter, i increment it, p damping, C start ConnectRetryTimer, o start
    /// DelayOpenTimer,
    /// I initiate, O OPEN, H large HoldTimer, K KEEPALIVE, T negotiated timers, h restart HoldTimer, k restart
    /// KeepaliveTimer, U process UPDATE, E begin the exchange of routes.
    /// </summary>
    private const string Letters = "NcdRDzipCoIOHKThkUE";

    private const string Table = """
        event Idle Connect Active OpenSent OpenConfirm Established
        1     Connect/zCI Connect/ Active/ OpenSent/ OpenConfirm/ Established/
        2     Idle/ Idle/cdRDz Idle/cdRDz Idle/NcdRDz Idle/NcdRDz Idle/NcdRDz
        3     Connect/zCI Connect/ Active/ OpenSent/ OpenConfirm/ Established/
        4     Active/zC Connect/ Active/ OpenSent/ OpenConfirm/ Established/
        5     Active/zC Connect/ Active/ OpenSent/ OpenConfirm/ Established/
        6     Connect/zCI Connect/ Active/ OpenSent/ OpenConfirm/ Established/
        7     Active/zC Connect/ Active/ OpenSent/ OpenConfirm/ Established/
        8     Idle/ Idle/cdRDip Idle/cdRDip Idle/NcdRDip Idle/NcdRDip Idle/NcdRDip
        9     Idle/ Connect/dDCI Connect/CI Idle/NcdRDip Idle/NcdRDip Idle/NcdRDip
        10    Idle/ Idle/cdRDip Idle/cdRDip Idle/NcdRDip Idle/NcdRDip Idle/NcdRDip
        11    Idle/ Idle/cdRDip Idle/cdRDip Idle/NcdRDip OpenConfirm/Kk Established/Kk
        12    Idle/ OpenSent/dOH OpenSent/cdOH Idle/NcdRDip Idle/NcdRDip Idle/NcdRDip
        13    Connect/CI Idle/cdRDip Idle/cdRDip Idle/NcdRDip Idle/NcdRDip Idle/NcdRDip
        14    Idle/ Connect/ Active/ OpenSent/ OpenConfirm/ Established/
        15    Idle/ Connect/ Active/ OpenSent/ OpenConfirm/ Established/
        16    Idle/ OpenSent/cOH OpenSent/cOH OpenSent/ OpenConfirm/ Established/
        17    Idle/ OpenSent/cOH OpenSent/cOH OpenSent/ OpenConfirm/ Established/
        18    Idle/ Active/dDC Idle/dRDipC Active/DC Idle/cdRDip Idle/cdRDip
        19    Idle/ Idle/cdRDip Idle/cdRDip OpenConfirm/cdKT Idle/NcdRDip Idle/NcdRDip
        20    Idle/ OpenConfirm/cdOKT OpenConfirm/cdOKT Idle/NcdRDip Idle/NcdRDip Idle/NcdRDip
        21    Idle/ Idle/cdRDip Idle/cdRDip Idle/NcdRDip Idle/NcdRDip Idle/NcdRDip
        22    Idle/ Idle/cdRDip Idle/cdRDip Idle/NcdRDip Idle/NcdRDip Idle/NcdRDip
        23    Idle/ Idle/cdRDip Idle/cdRDip Idle/NcdRDip Idle/NcdRDip Established/
        24    Idle/ Idle/cdRDip Idle/cdRDip Idle/cdRD Idle/cdRD Idle/cdRDip
        25    Idle/ Idle/cdRDip Idle/cdRDip Idle/NcdRDip Idle/cdRDip Idle/cdRDip
        26    Idle/ Idle/cdRDip Idle/cdRDip Idle/NcdRDip Established/hE Established/h
        27    Idle/ Idle/cdRDip Idle/cdRDip Idle/NcdRDip Idle/NcdRDip Established/hU
        28    Idle/ Idle/cdRDip Idle/cdRDip Idle/NcdRDip Idle/NcdRDip Idle/NcdRDip
        29    Idle/ Idle/cdRDip Idle/cdRDip Idle/NcdRDip Idle/cdRDip Idle/cdRDip
        """;

    public static TheoryData<BgpState, BgpEvent, string> Cells
    {
        get
        {
            TheoryData<BgpState, BgpEvent, string> cells = [];
            foreach (string line in Table.Split('\n').Skip(1))
            {
                string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                foreach (BgpState state in Enum.GetValues<BgpState>())
                {
                    cells.Add(state, Enum.Parse<BgpEvent>(parts[0]), parts[1 + (int)state]);
                }
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_cell_of_the_table_is_as_the_RFC_has_it(BgpState state, BgpEvent @event, string expected) =>
        Assert.Equal(expected, Print(BgpStateMachine.Next(state, @event, BgpConditions.DampPeerOscillations)));

    [Theory]
    [InlineData(BgpState.Connect, BgpEvent.TcpCrAcked, BgpConditions.DelayOpen, "Connect/co")]
    [InlineData(BgpState.Connect, BgpEvent.TcpConnectionConfirmed, BgpConditions.DelayOpen, "Connect/co")]
    [InlineData(BgpState.Active, BgpEvent.TcpCrAcked, BgpConditions.DelayOpen, "Active/co")]
    [InlineData(BgpState.Active, BgpEvent.TcpConnectionConfirmed, BgpConditions.DelayOpen, "Active/co")]
    [InlineData(BgpState.Connect, BgpEvent.BgpHeaderErr, BgpConditions.SendNotificationWithoutOpen, "Idle/NcdRDi")]
    [InlineData(BgpState.Active, BgpEvent.BgpOpenMsgErr, BgpConditions.SendNotificationWithoutOpen, "Idle/NcdRDi")]
    [InlineData(BgpState.Connect, BgpEvent.NotifMsgVerErr, BgpConditions.DelayOpenTimerRunning, "Idle/cdRD")]
    [InlineData(BgpState.Active, BgpEvent.NotifMsgVerErr, BgpConditions.DelayOpenTimerRunning, "Idle/cdRD")]
    [InlineData(BgpState.Active, BgpEvent.ManualStop, BgpConditions.DelayOpenTimerRunning | BgpConditions.SendNotificationWithoutOpen, "Idle/NcdRDz")]
    [InlineData(BgpState.Established, BgpEvent.OpenCollisionDump, BgpConditions.CollisionDetectEstablishedState, "Idle/NcdRDi")]
    [InlineData(BgpState.Idle, BgpEvent.IdleHoldTimerExpires, BgpConditions.None, "Idle/")]
    [InlineData(BgpState.Idle, BgpEvent.IdleHoldTimerExpires, BgpConditions.DampPeerOscillations | BgpConditions.PassiveTcpEstablishment, "Active/C")]
    [InlineData(BgpState.OpenSent, BgpEvent.HoldTimerExpires, BgpConditions.None, "Idle/NcdRDi")]
    public void A_session_attribute_changes_its_cells(BgpState state, BgpEvent @event, BgpConditions conditions, string expected) =>
        Assert.Equal(expected, Print(BgpStateMachine.Next(state, @event, conditions)));

    [Fact]
    public void Laws_hold_in_every_cell_under_every_condition()
    {
        foreach ((BgpState state, BgpEvent @event, BgpConditions conditions) in EveryCell())
        {
            (BgpState next, BgpActions actions) = BgpStateMachine.Next(state, @event, conditions);
            string cell = $"{state} x {(int)@event} under {conditions}";

            // Established is entered only from OpenConfirm by a KEEPALIVE, and left only for Idle.
            if (next == BgpState.Established && state != BgpState.Established)
            {
                Assert.True(state == BgpState.OpenConfirm && @event == BgpEvent.KeepAliveMsg, cell);
            }

            if (state == BgpState.Established && next != BgpState.Established)
            {
                Assert.True(next == BgpState.Idle, cell);
            }

            // Whoever comes to Idle has released everything and dropped the connection.
            if (next == BgpState.Idle && state != BgpState.Idle)
            {
                Assert.True(actions.HasFlag(BgpActions.ReleaseResources | BgpActions.DropConnection), cell);
            }

            // OpenSent is entered with an OPEN sent, OpenConfirm with a KEEPALIVE.
            if (next == BgpState.OpenSent && state != BgpState.OpenSent)
            {
                Assert.True(actions.HasFlag(BgpActions.SendOpen | BgpActions.StartLargeHoldTimer), cell);
            }

            if (next == BgpState.OpenConfirm && state != BgpState.OpenConfirm)
            {
                Assert.True(actions.HasFlag(BgpActions.SendKeepalive | BgpActions.NegotiateTimers), cell);
            }

            // In Idle everything but a start is ignored; a NOTIFICATION is sent only on the way to Idle.
            if (state == BgpState.Idle && next == BgpState.Idle)
            {
                Assert.True(actions == BgpActions.None, cell);
            }

            if (actions.HasFlag(BgpActions.SendNotification))
            {
                Assert.True(next == BgpState.Idle, cell);
            }

            // Damping only if it is on; updates only in Established.
            Assert.True(!actions.HasFlag(BgpActions.DampPeerOscillations) || conditions.HasFlag(BgpConditions.DampPeerOscillations), cell);
            Assert.True(!actions.HasFlag(BgpActions.ProcessUpdate) || next == BgpState.Established, cell);
        }
    }

    private static IEnumerable<(BgpState State, BgpEvent Event, BgpConditions Conditions)> EveryCell() =>
        from state in Enum.GetValues<BgpState>()
        from @event in Enum.GetValues<BgpEvent>()
        from conditions in Enumerable.Range(0, 64)
        select (state, @event, (BgpConditions)conditions);

    private static string Print(BgpTransition transition)
    {
        string actions = string.Concat(Letters.Where((_, bit) => ((uint)transition.Actions & (1u << bit)) != 0));
        return $"{transition.State}/{actions}";
    }
}
