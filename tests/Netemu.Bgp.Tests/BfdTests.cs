using System;
using System.Collections.Generic;
using Netemu.Bgp.Bfd;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

/// <summary>BFD in asynchronous mode (RFC 5880).</summary>
public sealed class BfdTests
{
    private static readonly Duration s_delay = Duration.FromMilliseconds(5);

    private readonly EventLoop _loop = new();
    private readonly List<(SimTime At, BfdPacket Packet)> _sent = [];
    private bool _isCut;

    [Theory]
    [InlineData(BfdState.Down, BfdState.Down, BfdState.Init)]
    [InlineData(BfdState.Down, BfdState.Init, BfdState.Up)]
    [InlineData(BfdState.Down, BfdState.Up, BfdState.Down)]
    [InlineData(BfdState.Down, BfdState.AdminDown, BfdState.Down)]
    [InlineData(BfdState.Init, BfdState.Down, BfdState.Init)]
    [InlineData(BfdState.Init, BfdState.Init, BfdState.Up)]
    [InlineData(BfdState.Init, BfdState.Up, BfdState.Up)]
    [InlineData(BfdState.Init, BfdState.AdminDown, BfdState.Down)]
    [InlineData(BfdState.Up, BfdState.Down, BfdState.Down)]
    [InlineData(BfdState.Up, BfdState.Init, BfdState.Up)]
    [InlineData(BfdState.Up, BfdState.Up, BfdState.Up)]
    [InlineData(BfdState.Up, BfdState.AdminDown, BfdState.Down)]
    [InlineData(BfdState.AdminDown, BfdState.Down, BfdState.AdminDown)]
    [InlineData(BfdState.AdminDown, BfdState.Up, BfdState.AdminDown)]
    public void A_cell_of_the_table_is_as_section_6_8_6_has_it(BfdState local, BfdState received, BfdState expected) =>
        Assert.Equal(expected, BfdStateMachine.Next(local, received));

    [Fact]
    public void A_packet_has_the_layout_of_section_4_1()
    {
        BfdPacket packet = new()
        {
            State = BfdState.Up,
            Diagnostic = BfdDiagnostic.NeighborSignaledSessionDown,
            Poll = true,
            DetectMultiplier = 3,
            MyDiscriminator = 0x01020304,
            YourDiscriminator = 0x05060708,
            DesiredMinTx = 300_000,
            RequiredMinRx = 250_000,
        };
        byte[] bytes = new byte[BfdPacket.Size];
        packet.Write(bytes);

        Assert.Equal("23E003180102030405060708000493E00003D09000000000", Convert.ToHexString(bytes));
        Assert.True(BfdPacket.TryRead(bytes, out BfdPacket read));
        Assert.Equal(packet, read);
    }

    [Theory]
    [InlineData("03E003180102030405060708000493E00003D09000000000")]
    [InlineData("23E000180102030405060708000493E00003D09000000000")]
    [InlineData("23E003170102030405060708000493E00003D09000000000")]
    [InlineData("23E003190102030405060708000493E00003D09000000000")]
    [InlineData("23E003180000000005060708000493E00003D09000000000")]
    [InlineData("23E003180102030400000000000493E00003D09000000000")]
    [InlineData("23E103180102030405060708000493E00003D09000000000")]
    [InlineData("23E403180102030405060708000493E00003D09000000000")]
    [InlineData("23E0031801020304050607080004")]
    public void What_section_6_8_6_discards_is_discarded(string hex) => Assert.False(BfdPacket.TryRead(Convert.FromHexString(hex), out _));

    [Fact]
    public void Two_sides_come_up_slowly_then_speak_quickly_and_notice_silence_in_three_intervals()
    {
        (BfdSession left, BfdSession right) = Pair();
        left.Start();
        right.Start();
        Run(4000);
        Assert.Equal((BfdState.Up, BfdState.Up), (left.State, right.State));
        Assert.Equal((2u, 1u), (left.RemoteDiscriminator, right.RemoteDiscriminator));
        Assert.Equal(Duration.FromMilliseconds(900), left.DetectionTime);

        // When both are up, each speaks every 225 to 300 ms.
        int before = _sent.Count;
        Run(6000);
        Assert.InRange(_sent.Count - before, 2 * 20, 2 * 27);

        // When the path is cut, both notice within the detection time.
        _isCut = true;
        Run(900);
        Assert.Equal((BfdState.Down, BfdDiagnostic.ControlDetectionTimeExpired), (left.State, left.Diagnostic));
        Assert.Equal(BfdState.Down, right.State);

        // And come back.
        _isCut = false;
        Run(4000);
        Assert.Equal((BfdState.Up, BfdState.Up), (left.State, right.State));
    }

    [Fact]
    public void A_side_that_is_taken_down_says_that_it_is_meant()
    {
        (BfdSession left, BfdSession right) = Pair();
        left.Start();
        right.Start();
        Run(4000);

        left.Disable();
        Run(20);

        Assert.Equal((BfdState.Down, BfdDiagnostic.NeighborSignaledSessionDown), (right.State, right.Diagnostic));
        Assert.Equal(BfdDiagnostic.AdministrativelyDown, right.RemoteDiagnostic);
    }

    private (BfdSession Left, BfdSession Right) Pair()
    {
        BfdSession? left = null;
        BfdSession? right = null;
        left = Make(1, packet => right!.Receive(packet));
        right = Make(2, packet => left.Receive(packet));
        return (left, right);
    }

    private BfdSession Make(uint discriminator, Action<BfdPacket> deliver) => new(
        _loop, new RandomSource(1, $"bfd{discriminator}"), InternetAddress.Parse("10.0.0.1"), discriminator, BfdParameters.Default,
        (_, packet) =>
        {
            _sent.Add((_loop.Now, packet));
            if (!_isCut)
            {
                _loop.Schedule(new CallbackTimer(() => deliver(packet)), _loop.Now + s_delay);
            }
        });

    private void Run(long milliseconds) => _loop.RunUntil(_loop.Now + Duration.FromMilliseconds(milliseconds));
}
