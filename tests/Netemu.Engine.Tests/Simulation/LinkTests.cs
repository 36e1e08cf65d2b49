using System.Linq;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Simulation;

public sealed class LinkTests
{
    [Fact]
    public void A_frame_sent_on_one_end_arrives_on_the_other_after_the_link_delay_unchanged()
    {
        // Given a link of 2 ms without a rate.
        using EmulatedNetwork network = new();
        Link link = Pair(network, new LinkOptions { Delay = Duration.FromMilliseconds(2), RateBitsPerSecond = 0 });
        FrameRecorder seen = new(link.B);
        byte[] bytes = Bytes(link, 60);

        // When a frame is sent at t = 0.
        link.A.Transmit(network.Emulation.Frames.Rent(bytes));
        network.Run(Duration.FromMilliseconds(10));

        // Then it arrives once, at t = 2 ms.
        RecordedFrame frame = Assert.Single(seen.Frames);
        Assert.Equal(2_000_000, frame.Time.Nanoseconds);
        Assert.Equal(bytes, frame.Bytes);
    }

    [Fact]
    public void Serialisation_is_exact_to_a_fraction_of_a_nanosecond()
    {
        // Given 10 Gbit/s, where 64 bytes take 51.2 ns.
        using EmulatedNetwork network = new();
        Link link = Pair(network, new LinkOptions { Delay = Duration.FromMicroseconds(50) });
        FrameRecorder seen = new(link.B);

        // When five frames are sent at once.
        for (int i = 0; i < 5; i++)
        {
            link.A.Transmit(network.Emulation.Frames.Rent(Bytes(link, 64)));
        }

        network.Run(Duration.FromMilliseconds(1));

        // Then the fifth leaves after 256 ns, not after 255.
        Assert.Equal([50_051, 50_102, 50_153, 50_204, 50_256], seen.Frames.Select(f => f.Time.Nanoseconds));
    }

    [Fact]
    public void A_full_queue_drops_what_comes_after()
    {
        // Given a queue of 3 behind the frame that is being sent.
        using EmulatedNetwork network = new();
        Link link = Pair(network, new LinkOptions { RateBitsPerSecond = 1_000_000, QueueLimit = 3 });
        FrameRecorder seen = new(link.B);

        // When six frames come at once.
        for (int i = 0; i < 6; i++)
        {
            link.A.Transmit(network.Emulation.Frames.Rent(Bytes(link, 100)));
        }

        network.RunSeconds(1);

        // Then one is on the wire, three wait, and two are dropped.
        Assert.Equal(4, seen.Received.Count);
        Assert.Equal(2, link.A.Namespace.Drops(DropReason.QueueFull));
    }

    [Fact]
    public void A_cut_cable_loses_what_is_in_flight_and_both_ends_their_carrier()
    {
        using EmulatedNetwork network = new();
        Link link = Pair(network, new LinkOptions { Delay = Duration.FromMilliseconds(5) });
        FrameRecorder seen = new(link.B);
        link.A.Transmit(network.Emulation.Frames.Rent(Bytes(link, 64)));
        network.Emulation.AtBarrier(SimTime.Zero + Duration.FromMilliseconds(1), () => network.Emulation.SetLinkState(link, up: false));
        network.Run(Duration.FromMilliseconds(20));
        Assert.Empty(seen.Frames);
        Assert.Equal(1, link.B.Namespace.Drops(DropReason.LinkDown));
        Assert.False(link.A.HasCarrier);
        Assert.False(link.B.HasCarrier);
    }

    [Fact]
    public void News_of_a_device_that_went_down_travels_with_the_links_delay()
    {
        using EmulatedNetwork network = new();
        Link link = Pair(network, new LinkOptions { Delay = Duration.FromMilliseconds(5) });
        network.Run(Duration.FromMilliseconds(1));
        network.Emulation.AtBarrier(network.Now, () => link.A.SetUp(false));
        network.Run(Duration.FromMilliseconds(4));
        Assert.True(link.B.HasCarrier);
        network.Run(Duration.FromMilliseconds(2));
        Assert.False(link.B.HasCarrier);
    }

    [Theory]
    [InlineData(1504, true)]
    [InlineData(1505, false)]
    public void A_receiver_takes_its_mtu_and_four_bytes(int packet, bool passes)
    {
        using EmulatedNetwork network = new();
        Link link = Pair(network, LinkOptions.Default);
        FrameRecorder seen = new(link.B);
        link.A.Transmit(network.Emulation.Frames.Rent(Bytes(link, packet + EthernetHeader.Size)));
        network.RunSeconds(1);
        Assert.Equal(passes ? 1 : 0, seen.Received.Count);
        Assert.Equal(passes ? 0 : 1, link.B.Namespace.Drops(DropReason.FrameTooLong));
    }

    private static Link Pair(EmulatedNetwork network, LinkOptions options) =>
        network.Join(network.Host("a"), "", network.Host("b"), "", options);

    private static byte[] Bytes(Link link, int length)
    {
        byte[] bytes = new byte[length];
        EthernetHeader.Write(bytes, link.B.Mac, link.A.Mac, 0x88B5);
        return bytes;
    }
}
