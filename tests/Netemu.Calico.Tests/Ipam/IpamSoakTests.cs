using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Calico.Ipam;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Store;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;

namespace Netemu.Calico.Tests.Ipam;

/// <summary>
/// A thousand nodes ask and give back, interleaved at every access to the store. NETEMU_IPAM_OPERATIONS sets how often
/// (1000000 for a soak).
/// </summary>
public sealed class IpamSoakTests
{
    private const int Nodes = 1_000;
    private const int Overlapping = 64;

    private static readonly int _operations =
        int.TryParse(Environment.GetEnvironmentVariable("NETEMU_IPAM_OPERATIONS"), CultureInfo.InvariantCulture, out int asked) ? asked : 30_000;

    [Fact]
    public void A_thousand_nodes_never_share_an_address_and_leak_none()
    {
        // Given room for a little more than the nodes hold, so that they borrow as well.
        ResourceStore store = new();
        store.Put(new IPPool(new ObjectMetadata("pool"), InternetPrefix.Parse("10.65.0.0/18")) { BlockSize = 28 });
        SimTime now = SimTime.Zero;
        IpamClient ipam = new(store, () => now);
        RandomSource random = new(3, "ipam-soak");
        List<(string Handle, IpamOperation Operation, bool IsRelease)> running = [];
        List<string> handles = [];
        Dictionary<string, InternetAddress> held = new(StringComparer.Ordinal);
        Dictionary<InternetAddress, string> owners = [];
        int next = 0;
        long given = 0;

        // When operations of all of them overlap at random.
        for (int started = 0; started < _operations || running.Count > 0;)
        {
            if (started < _operations && running.Count < Overlapping)
            {
                // Time goes on, so that blocks that were left empty change hands.
                started++;
                now += Duration.FromMilliseconds(20);
                if (handles.Count > 0 && random.NextBelow(16_000) < (uint)handles.Count)
                {
                    int chosen = (int)random.NextBelow(handles.Count);
                    string gone = handles[chosen];
                    handles[chosen] = handles[^1];
                    handles.RemoveAt(handles.Count - 1);
                    held.Remove(gone, out InternetAddress address);
                    owners.Remove(address);
                    running.Add((gone, ipam.ReleaseHandle(gone), true));
                }
                else
                {
                    string handle = $"c{next++}";
                    string node = $"n{random.NextBelow(Nodes)}";
                    running.Add((handle, ipam.Assign(new IpamRequest(node, handle) { Attributes = LabelSet.Of(("node", node)) }), false));
                }
            }

            int index = (int)random.NextBelow(running.Count);
            (string name, IpamOperation operation, bool isRelease) = running[index];
            if (operation.Step())
            {
                continue;
            }

            running[index] = running[^1];
            running.RemoveAt(running.Count - 1);
            if (!isRelease && operation.Assignment.Addresses.Count == 1)
            {
                // Then no address is ever given to a second owner while the first holds it.
                InternetAddress address = operation.Assignment.Addresses[0];
                Assert.True(owners.TryAdd(address, name), $"{address} of {name} is held by {owners.GetValueOrDefault(address)}");
                held.Add(name, address);
                handles.Add(name);
                given++;
            }

            if ((started & 0xFFF) == 0)
            {
                store.Compact(store.Revision);
            }
        }

        // And blocks, handles and holders agree in the end.
        Assert.True(given > _operations / 4, $"{given}");
        IReadOnlyList<IpamFinding> findings = IpamInspection.Check(store, held.Select(pair => KeyValuePair.Create(pair.Value, pair.Key)));
        Assert.DoesNotContain(findings, finding => finding.Kind != IpamFindingKind.Borrowed);
        Assert.Equal(held.Count, IpamInspection.Show(store).Where(row => !row.IsBlock).Sum(row => row.InUse));
    }
}
