using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The keys of a capture.</summary>
internal static class CaptureShape
{
    public static ObjectShape<CaptureSpec> Capture { get; } = new("capture", "a capture", static () => new())
    {
        ExactlyOneOf = ["all", "device", "node", "namespace", "link"],
        Completed = static (binder, capture, mapping) =>
        {
            if (capture.LinkName is { } name)
            {
                binder.References.Add(new Reference(ReferenceKind.Link, "capture", name, mapping["link"]!.Range));
            }
        },
        Fields =
        {
            { "all", Values.Boolean, (s, v) => s.All = v, "Every device." },
            { "device", Values.Device("capture", ReferenceKind.LooseDevice), (s, v) => s.Device = v, "One device." },
            { "node", Values.NodeName("capture"), (s, v) => s.Node = v, "Every device of a node." },
            { "namespace", Values.Place("capture"), (s, v) => s.Namespace = v, "Every device of a namespace." },
            { "link", Values.Name, SetLink, "A link by its name or one of its ends." },
            { "snaplen", Values.Integer(14, 262_144, "a length"), (s, v) => s.SnapLength = v, "Bytes kept of each frame." },
        },
    };

    private static void SetLink(CaptureSpec capture, string text)
    {
        if (text.Contains(':', System.StringComparison.Ordinal) && Values.ParseDevice(text, out DeviceRef end) is null)
        {
            capture.LinkEnd = end;
        }
        else
        {
            capture.LinkName = text;
        }
    }
}
