namespace Netemu.Commands.Tests;

/// <summary>What stands behind the "@" of a device whose other end is in another namespace, as recorded on Linux 6.18.</summary>
public sealed class LinkNameTests
{
    [Fact]
    public void Where_only_an_index_is_told_whoever_has_it_here_lends_its_name()
    {
        // Given e0 (4) in a, whose other end e1 (2) is in b, where y0 has index 4; and f1 (5) in a with f0 (5) in b.
        Machine machine = new();
        machine.Run("m", "ip netns add a; ip netns add b");
        machine.Run("m/a", "sysctl -w net.ipv6.conf.all.disable_ipv6=0");
        machine.Run("m/a", "ip link add d0 type veth peer name d1; ip link add e0 address 02:00:00:00:00:0e type veth peer name e1 netns b");
        machine.Run("m/b", "ip link add y0 type veth peer name y1; ip link add f0 type veth peer name f1 netns a; ip link set e1 up; ip link set f0 up");
        machine.Run("m/a", "ip link set e0 up; ip link set f1 up; sleep 3");

        // Then `ip -6 addr` names what has the index, `ip link` does not, and an own index is no other device's.
        Assert.StartsWith("4: e0@d1: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 state UP qlen 1000\n", machine.Run("m/a", "ip -6 addr").Stdout);
        Assert.Contains("\n5: f1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 state UP qlen 1000\n", machine.Run("m/a", "ip -6 addr").Stdout);
        Assert.StartsWith("4: e0@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500", machine.Run("m/a", "ip link show e0").Stdout);

        // And a bridge's port is named like that.
        machine.Run("m/a", "ip link add br0 type bridge; ip link set e0 master br0");
        Assert.StartsWith("4: e0@d1: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 master br0", machine.Run("m/a", "bridge link").Stdout);
    }
}
