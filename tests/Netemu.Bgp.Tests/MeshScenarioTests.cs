using Netemu.Bgp.Scenarios;

namespace Netemu.Bgp.Tests;

public sealed class MeshScenarioTests
{
    [Fact]
    public void Fifty_speakers_with_ten_prefixes_each_converge_and_every_session_stands()
    {
        MeshScenario mesh = new(50, 10);

        Assert.True(mesh.RunToConvergence());

        foreach (BgpSpeaker speaker in mesh.Speakers)
        {
            Assert.Empty(speaker.SessionsDown);
        }

        // One UPDATE and one End-of-RIB over each of the 50 * 49 session sides.
        Assert.Equal(50 * 49 * 2, mesh.CountUpdates());
    }
}
