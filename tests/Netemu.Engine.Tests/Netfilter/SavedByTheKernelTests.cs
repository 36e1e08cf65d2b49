using System;
using System.IO;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Text;

namespace Netemu.Engine.Tests.Netfilter;

/// <summary>
/// What the real iptables-save wrote for every match and target that netemu knows, and for a ruleset of kube-proxy's shape
/// (tests/fixtures/netfilter/record.sh).
/// </summary>
public sealed class SavedByTheKernelTests
{
    [Theory]
    [InlineData("iptables", AddressFamily.IPv4)]
    [InlineData("ip6tables", AddressFamily.IPv6)]
    [InlineData("kube-proxy", AddressFamily.IPv4)]
    public void A_saved_ruleset_is_restored_and_saved_byte_for_byte(string name, AddressFamily family)
    {
        using FilterLab lab = new();
        MakeSets(lab);
        string saved = Fixture($"{name}.save");

        Assert.Equal(IptablesResult.Ok(), IptablesRestore.Run(lab.Filter, family, saved));

        Assert.Equal(saved, TableText.Save(lab.Filter, family));
    }

    [Theory]
    [InlineData("iptables", AddressFamily.IPv4)]
    [InlineData("ip6tables", AddressFamily.IPv6)]
    public void The_same_commands_give_the_same_tables_as_in_the_kernel(string name, AddressFamily family)
    {
        using FilterLab lab = new();
        MakeSets(lab);
        foreach (string line in Fixture($"{name}.rules").Split('\n').Where(line => line.StartsWith('-')))
        {
            IptablesResult result = IptablesCommand.Run(lab.Filter, family, CommandLine.Split(line));
            Assert.True(result == IptablesResult.Ok(), $"{line}: {result}");
        }

        Assert.Equal(Fixture($"{name}.save"), TableText.Save(lab.Filter, family));
    }

    [Fact]
    public void What_kube_proxy_writes_is_restored_to_what_the_kernel_shows()
    {
        using FilterLab lab = new();

        Assert.Equal(IptablesResult.Ok(), IptablesRestore.Run(lab.Filter, AddressFamily.IPv4, Fixture("kube-proxy.restore")));

        Assert.Equal(Fixture("kube-proxy.save"), TableText.Save(lab.Filter, AddressFamily.IPv4));
    }

    private static void MakeSets(FilterLab lab)
    {
        foreach (string name in (ReadOnlySpan<string>)["iptables", "ip6tables"])
        {
            foreach (string line in Fixture($"{name}.rules").Split('\n').Where(line => line.StartsWith("ipset ", StringComparison.Ordinal)))
            {
                IptablesResult result = IpsetCommandLine.Run(lab.Filter.Sets, [.. CommandLine.Split(line).Skip(1)], string.Empty);
                Assert.True(result == IptablesResult.Ok(), $"{line}: {result}");
            }
        }
    }

    private static string Fixture(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "fixtures", "netfilter", name));
}
