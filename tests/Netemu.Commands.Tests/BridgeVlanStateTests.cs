using Netemu.Commands.Shell;

namespace Netemu.Commands.Tests;

/// <summary>bridge vlan set: a VLAN of a port may be blocked while others go on (br_vlan_state_allowed). The texts are iproute2's (bridge/vlan.c).</summary>
public sealed class BridgeVlanStateTests
{
    private readonly Machine _machine = new();

    public BridgeVlanStateTests() => Assert.Equal(0, Run(
        "ip link add br0 type bridge vlan_filtering 1; ip link set br0 up; ip netns add a; ip netns add b; "
        + "ip link add va type veth peer name eth0 netns a; ip link add vb type veth peer name eth0 netns b; ip link set va master br0; ip link set vb master br0; "
        + "ip link set va up; ip link set vb up; ip -n a addr add 10.0.0.1/24 dev eth0; ip -n b addr add 10.0.0.2/24 dev eth0; ip -n a link set eth0 up; ip -n b link set eth0 up; "
        + "bridge vlan add vid 10 dev va pvid untagged; bridge vlan add vid 10 dev vb pvid untagged").Exit);

    [Theory]
    [InlineData("va", "blocking", 1)]
    [InlineData("vb", "blocking", 1)]
    [InlineData("vb", "disabled", 1)]
    [InlineData("va", "learning", 1)]
    [InlineData("vb", "3", 0)]
    public void Frames_pass_only_where_the_vlan_forwards(string port, string state, int exit)
    {
        Assert.Equal(0, Run("ip netns exec a ping -c 1 -W 1 10.0.0.2").Exit);
        Assert.Equal(0, Run($"bridge vlan set vid 10 dev {port} state {state}").Exit);

        Assert.Equal(exit, Run("ip netns exec a ping -c 1 -W 1 10.0.0.2").Exit);
        Assert.Equal(0, Run($"bridge vlan set vid 10 dev {port} state forwarding; ip netns exec a ping -c 1 -W 1 10.0.0.2").Exit);
    }

    [Fact]
    public void A_vlan_that_learns_learns()
    {
        Run("bridge vlan set vid 10 dev va state learning; ip netns exec a ping -c 1 -W 1 10.0.0.2");

        Assert.Matches("^[0-9a-f:]+ vlan 10 master br0 \n$", Run("bridge fdb show dev va vlan 10 | grep -v permanent").Stdout);
    }

    [Fact]
    public void Details_tell_the_state()
    {
        Run("bridge vlan set vid 10 dev va state 4");

        Assert.Equal(
            "port              vlan-id  \nva                10 PVID Egress Untagged\n                    state blocking mcast_router 1 \n",
            Run("bridge -d vlan show dev va vid 10").Stdout);
        Assert.Contains("{\"vlan\":10,\"flags\":[\"PVID\",\"Egress Untagged\"],\"state\":\"blocking\",\"mcast_router\":1}", Run("bridge -j -d vlan show dev va").Stdout, System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vid 10 dev va state nonsense", "Error: invalid STP state\n")]
    [InlineData("vid 10 state 3", "Device and VLAN ID are required arguments.\n")]
    [InlineData("vid 10 dev nosuch state 3", "Cannot find network device \"nosuch\"\n")]
    [InlineData("vid 11 dev va state 3", "RTNETLINK answers: No such file or directory\n")]
    public void What_cannot_be_set_is_told(string words, string error)
    {
        CommandResult result = Run($"bridge vlan set {words}");

        Assert.Equal((255, error), (result.Exit, result.Stderr));
    }

    private CommandResult Run(string command) => _machine.Run("m", command);
}
