using System.Collections.Generic;
using Netemu.Calico.Yaml;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Loading.Shapes;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading;

/// <summary>
/// Binds links, one entry to as many as its ranges stand for: two ranges of one length go side by side
/// (<c>["r[1-15]:right", "r[2-16]:left"]</c> is a chain), a single one goes with <c>$i</c> or a constant.
/// </summary>
internal sealed class LinkExpansion(Binder binder, LinkSpec defaults)
{
    private const int Ends = 2;

    private static readonly Value<DeviceRef> End = Values.Device("link endpoint", ReferenceKind.LinkEnd);

    public List<LinkSpec> Links { get; } = [];

    public void Bind(YamlNode node)
    {
        if (node is not YamlMapping mapping || mapping["endpoints"] is not YamlSequence { Items.Count: Ends } endpoints)
        {
            LinkShapes.Link.TryBind(node, binder, out _);
            if ((node as YamlMapping)?["endpoints"] is { } wrong)
            {
                binder.Error(
                    LoaderCode.WrongType,
                    wrong is YamlSequence list
                        ? $"a link has two endpoints, not {list.Items.Count}"
                        : $"'endpoints' must be a list of two, not {wrong.KindName}",
                    wrong.Range,
                    "for more than two, link each to a node of kind bridge");
            }

            return;
        }

        NameRange?[] ranges = new NameRange?[Ends];
        if (!TryReadRange(endpoints.Items[0], out ranges[0]) || !TryReadRange(endpoints.Items[1], out ranges[1]))
        {
            return;
        }

        if (ranges[0] is { } a && ranges[1] is { } b && a.Count != b.Count)
        {
            binder.Error(
                LoaderCode.BadRange, $"the ranges of this link stand for {a.Count} and {b.Count} names", endpoints.Range);
            return;
        }

        NameRange? lead = ranges[0] ?? ranges[1];
        if (lead is null)
        {
            BindOne(mapping, endpoints, ranges, position: 0);
            return;
        }

        for (int position = 0; position < lead.Count && !binder.IsFull; position++)
        {
            using (binder.Enter(lead.NumberAt(position)))
            {
                BindOne(mapping, endpoints, ranges, position);
            }
        }
    }

    private bool TryReadRange(YamlNode node, out NameRange? range)
    {
        range = null;
        return node is not YamlScalar { IsNull: false } scalar
            || !NameRange.IsRange(scalar.Value)
            || binder.TryParseRange(binder.Text(scalar), scalar.Range, out range);
    }

    private void BindOne(YamlMapping mapping, YamlSequence endpoints, NameRange?[] ranges, int position)
    {
        LinkSpec link = new()
        {
            Delay = defaults.Delay,
            Rate = defaults.Rate,
            Mtu = defaults.Mtu,
            Limit = defaults.Limit,
            ImpairA = defaults.ImpairA,
            ImpairB = defaults.ImpairB,
        };
        LinkShapes.Link.BindInto(link, mapping, binder, complete: true);
        bool a = End.TryBind(Named(endpoints.Items[0], ranges[0], position), binder, out DeviceRef endA);
        bool b = End.TryBind(Named(endpoints.Items[1], ranges[1], position), binder, out DeviceRef endB);
        if (a && b)
        {
            (link.A, link.B) = (endA, endB);
            Links.Add(link);
        }
    }

    private static YamlNode Named(YamlNode node, NameRange? range, int position) =>
        range is null ? node : new YamlScalar(range.NameAt(position), YamlScalarStyle.Plain, node.Range);
}
