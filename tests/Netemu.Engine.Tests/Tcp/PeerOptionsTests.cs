using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Streams;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Tests.Tcp;

public sealed class PeerOptionsTests
{
    private static readonly StreamOptions s_plain = new() { TrafficClass = 0xC0 };
    private static readonly StreamOptions s_keyed = new() { TrafficClass = 0xC0, Md5Key = "key" };

    [Fact]
    public void Nobody_has_options_that_were_not_given()
    {
        PeerOptions options = new();
        Assert.Null(options.Find(InternetAddress.Parse("10.0.0.1")));
        options.Set(InternetAddress.Parse("10.0.0.1"), s_plain);
        Assert.Null(options.Find(InternetAddress.Parse("10.0.0.2")));
        Assert.Null(options.Find(InternetAddress.Parse("::a00:1")));
        Assert.Null(options.Find(default));
        Assert.Null(options.Find(InternetAddress.Parse("0.0.0.0")));
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("2001:db8::1")]
    [InlineData("0.0.0.0")]
    public void The_last_options_of_a_peer_count(string text)
    {
        InternetAddress peer = InternetAddress.Parse(text);
        PeerOptions options = new();
        foreach (StreamOptions? next in (StreamOptions?[])[s_plain, s_keyed, s_plain, null, s_keyed, null, s_plain])
        {
            options.Set(peer, next);
            Assert.Equal(next, options.Find(peer));
        }
    }

    [Fact]
    public void It_holds_what_a_dictionary_would()
    {
        // Given addresses that meet in the table, being few and close together.
        RandomSource random = new(1, "peers");
        PeerOptions options = new();
        Dictionary<InternetAddress, StreamOptions> expected = [];

        // When they come, change and go at random.
        for (int i = 0; i < 20_000; i++)
        {
            InternetAddress peer = new IPv4Address(10, 0, (byte)random.NextBelow(4), (byte)random.NextBelow(64));
            StreamOptions? next = random.NextBelow(5) switch
            {
                0 => s_keyed,
                1 or 2 => null,
                _ => s_plain,
            };
            options.Set(peer, next);
            if (next is null)
            {
                expected.Remove(peer);
            }
            else
            {
                expected[peer] = next;
            }

            InternetAddress asked = new IPv4Address(10, 0, (byte)random.NextBelow(4), (byte)random.NextBelow(64));
            Assert.Equal(expected.GetValueOrDefault(asked), options.Find(asked));
        }
    }
}
