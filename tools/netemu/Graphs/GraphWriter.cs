using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security;
using System.Text.Json;

namespace Netemu.Cli.Graphs;

/// <summary>Writes a picture in the language of Graphviz or Mermaid, as SVG, or as JSON.</summary>
internal static class GraphWriter
{
    public static void WriteDot(TopologyGraph graph, TextWriter text)
    {
        text.WriteLine("graph netemu {");
        text.WriteLine("  node [shape=box, fontname=\"monospace\"];");
        foreach (GraphNode node in graph.Nodes)
        {
            string label = string.Join("\\n", node.Addresses.Prepend($"{node.Name} ({node.Kind})").Select(EscapeDot));
            text.WriteLine($"  \"{EscapeDot(node.Name)}\" [label=\"{label}\"];");
        }

        foreach (GraphEdge edge in graph.Edges)
        {
            text.WriteLine(
                $"  \"{EscapeDot(edge.From)}\" -- \"{EscapeDot(edge.To)}\" [taillabel=\"{EscapeDot(edge.FromDevice)}\", headlabel=\"{EscapeDot(edge.ToDevice)}\"];");
        }

        text.WriteLine("}");
    }

    public static void WriteMermaid(TopologyGraph graph, TextWriter text)
    {
        Dictionary<string, string> ids = Number(graph);
        text.WriteLine("graph LR");
        foreach (GraphNode node in graph.Nodes)
        {
            string label = string.Join("<br/>", node.Addresses.Prepend($"{node.Name} ({node.Kind})"));
            text.WriteLine($"  {ids[node.Name]}[\"{label.Replace("\"", "#quot;", StringComparison.Ordinal)}\"]");
        }

        foreach (GraphEdge edge in graph.Edges.Where(e => ids.ContainsKey(e.From) && ids.ContainsKey(e.To)))
        {
            text.WriteLine($"  {ids[edge.From]} ---|\"{edge.FromDevice} - {edge.ToDevice}\"| {ids[edge.To]}");
        }
    }

    /// <summary>Nodes on a circle in the order of declaration, with straight cables.</summary>
    public static void WriteSvg(TopologyGraph graph, TextWriter text)
    {
        const int BoxWidth = 150;
        const int BoxHeight = 34;
        int count = Math.Max(1, graph.Nodes.Count);
        int radius = Math.Max(140, count * (BoxWidth + 20) / 6);
        int size = (2 * radius) + BoxWidth + 40;
        Dictionary<string, (int X, int Y)> places = [];
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            double angle = (2 * Math.PI * i / count) - (Math.PI / 2);
            places[graph.Nodes[i].Name] = ((size / 2) + (int)(radius * Math.Cos(angle)), (size / 2) + (int)(radius * Math.Sin(angle)));
        }

        text.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" font-family=\"monospace\" font-size=\"12\">"));
        foreach (GraphEdge edge in graph.Edges.Where(e => places.ContainsKey(e.From) && places.ContainsKey(e.To)))
        {
            (int x1, int y1) = places[edge.From];
            (int x2, int y2) = places[edge.To];
            text.WriteLine($"  <line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"#888\"/>");
        }

        foreach (GraphNode node in graph.Nodes)
        {
            (int x, int y) = places[node.Name];
            string name = SecurityElement.Escape(node.Name);
            text.WriteLine(
                $"  <rect x=\"{x - (BoxWidth / 2)}\" y=\"{y - (BoxHeight / 2)}\" width=\"{BoxWidth}\" height=\"{BoxHeight}\" rx=\"4\" fill=\"#fff\" stroke=\"#333\"/>");
            text.WriteLine($"  <text x=\"{x}\" y=\"{y + 4}\" text-anchor=\"middle\">{name} ({node.Kind})</text>");
        }

        text.WriteLine("</svg>");
    }

    public static void WriteJson(TopologyGraph graph, Stream stream)
    {
        using Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("schema", "netemu/v1");
        writer.WriteString("kind", "Graph");
        writer.WriteStartArray("nodes");
        foreach (GraphNode node in graph.Nodes)
        {
            writer.WriteStartObject();
            writer.WriteString("name", node.Name);
            writer.WriteString("kind", node.Kind);
            writer.WriteStartArray("addresses");
            foreach (string address in node.Addresses)
            {
                writer.WriteStringValue(address);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("links");
        foreach (GraphEdge edge in graph.Edges)
        {
            writer.WriteStartObject();
            writer.WriteString("from", $"{edge.From}:{edge.FromDevice}");
            writer.WriteString("to", $"{edge.To}:{edge.ToDevice}");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static Dictionary<string, string> Number(TopologyGraph graph)
    {
        Dictionary<string, string> ids = new(StringComparer.Ordinal);
        foreach (GraphNode node in graph.Nodes)
        {
            ids.Add(node.Name, $"n{ids.Count}");
        }

        return ids;
    }

    private static string EscapeDot(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
