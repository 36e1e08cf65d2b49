using System.Text.Json.Nodes;
using Netemu.Engine.Programs.Iperf3;

namespace Netemu.Engine.Tests.Processes;

/// <summary>What the other side of an iperf3 test may say of its streams.</summary>
public sealed class Iperf3ResultsTests
{
    [Fact]
    public void A_receiver_s_retransmissions_are_minus_one_as_the_real_one_writes_it()
    {
        // iperf 3.12 sends an int64_t through a double of an unsigned: cJSON writes 2^64 - 1 so.
        JsonObject message = (JsonObject)JsonNode.Parse(
            """
            {"cpu_util_total":1.5,"congestion_used":"bbr","streams":[
              {"id":1,"bytes":20054016,"retransmits":18446744073709551615,"jitter":0,"errors":0,"packets":0,"start_time":0,"end_time":0.25},
              {"id":3,"bytes":7,"retransmits":-1,"jitter":1e-3,"errors":2,"packets":9,"end_time":1}]}
            """)!;
        Iperf3Results results = Iperf3Results.Read(message);
        Assert.Equal("bbr", results.Congestion);
        Assert.Equal(new Iperf3StreamResult(new Iperf3Counts(20_054_016, 0, 0, 0), 0, 0.25m), results.Of(1));
        Assert.Equal(new Iperf3StreamResult(new Iperf3Counts(7, 9, 2, 0), 1_000_000, 1), results.Of(3));
    }

    [Theory]
    [InlineData("""{"id":99999999999999,"bytes":1e30,"packets":-5,"errors":"x","jitter":1e25}""")]
    [InlineData("""{"bytes":null,"jitter":-1}""")]
    public void Nonsense_counts_as_nothing(string stream)
    {
        Iperf3Results results = Iperf3Results.Read((JsonObject)JsonNode.Parse($$"""{"streams":[{{stream}}]}""")!);
        Assert.Equal(default, results.Of(0).Counts);
        Assert.Equal(default, results.Of(int.MaxValue).Counts);
    }
}
