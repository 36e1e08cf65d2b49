using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;
using Netemu.Topologies.Experiments;

namespace Netemu.Cli.Scale;

/// <summary>A plot as SVG: axes with ticks, a line with points for each series, a legend. No script, no font of its own.</summary>
internal static class SvgChart
{
    private const int Width = 760;
    private const int Height = 420;
    private const int Left = 80;
    private const int Right = 170;
    private const int Top = 40;
    private const int Bottom = 54;

    // Okabe and Ito's colours: told apart by everybody.
    private static readonly string[] s_colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999933"];

    public static string Render(PlotSpec plot)
    {
        StringBuilder svg = new();
        Axis x = Axis.Of([.. plot.Series.SelectMany(s => s.Points).Select(p => p.X)], plot.IsLogX, Left, Width - Right);
        Axis y = Axis.Of([.. plot.Series.SelectMany(s => s.Points).Select(p => p.Y)], plot.IsLogY, Height - Bottom, Top);
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>\n");
        Text(svg, Left, 22, "start", plot.Title, size: 15);
        DrawAxes(svg, plot, x, y);
        for (int i = 0; i < plot.Series.Count; i++)
        {
            DrawSeries(svg, plot.Series[i], x, y, s_colours[i % s_colours.Length], i);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void DrawAxes(StringBuilder svg, PlotSpec plot, Axis x, Axis y)
    {
        foreach (double tick in x.Ticks)
        {
            double at = x.Place(tick);
            Line(svg, at, Top, at, Height - Bottom, "#ddd");
            Text(svg, at, Height - Bottom + 18, "middle", Label(tick));
        }

        foreach (double tick in y.Ticks)
        {
            double at = y.Place(tick);
            Line(svg, Left, at, Width - Right, at, "#ddd");
            Text(svg, Left - 8, at + 4, "end", Label(tick));
        }

        Line(svg, Left, Height - Bottom, Width - Right, Height - Bottom, "#333");
        Line(svg, Left, Top, Left, Height - Bottom, "#333");
        Text(svg, (Left + Width - Right) / 2.0, Height - 12, "middle", plot.XLabel);
        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(18 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{WebUtility.HtmlEncode(plot.YLabel)}</text>\n");
    }

    private static void DrawSeries(StringBuilder svg, PlotSeries series, Axis x, Axis y, string colour, int index)
    {
        List<(double X, double Y)> points = [.. series.Points.OrderBy(p => p.X)];
        string path = string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{x.Place(p.X):0.0},{y.Place(p.Y):0.0}")));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
        foreach ((double atX, double atY) in points)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x.Place(atX):0.0}\" cy=\"{y.Place(atY):0.0}\" r=\"3.5\" fill=\"{colour}\"><title>{WebUtility.HtmlEncode(series.Name)}: {Label(atX)}, {Label(atY)}</title></circle>\n");
        }

        int legend = Top + 10 + (index * 20);
        Line(svg, Width - Right + 14, legend, Width - Right + 34, legend, colour, 2);
        Text(svg, Width - Right + 40, legend + 4, "start", series.Name);
    }

    private static void Line(StringBuilder svg, double x1, double y1, double x2, double y2, string colour, int width = 1) =>
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x1:0.0}\" y1=\"{y1:0.0}\" x2=\"{x2:0.0}\" y2=\"{y2:0.0}\" stroke=\"{colour}\" stroke-width=\"{width}\"/>\n");

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text, int size = 12) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.0}\" y=\"{y:0.0}\" text-anchor=\"{anchor}\" font-size=\"{size}\">{WebUtility.HtmlEncode(text)}</text>\n");

    private static string Label(double value) => Math.Abs(value) switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:0.##}G"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.##}M"),
        >= 1e4 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.##}k"),
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };

    /// <summary>Values to places along one side, linear or logarithmic, with round ticks.</summary>
    private sealed class Axis
    {
        private readonly bool _isLog;
        private readonly double _low;
        private readonly double _high;
        private readonly double _start;
        private readonly double _end;

        private Axis(double low, double high, bool isLog, double start, double end)
        {
            _isLog = isLog;
            _low = low;
            _high = high;
            _start = start;
            _end = end;
        }

        public IEnumerable<double> Ticks
        {
            get
            {
                const int Wanted = 6;
                if (_isLog)
                {
                    bool fine = _high - _low < 2;
                    for (double power = Math.Floor(_low); power <= Math.Ceiling(_high); power++)
                    {
                        foreach (double factor in fine ? (double[])[1, 2, 5] : [1])
                        {
                            double tick = factor * Math.Pow(10, power);
                            if (Math.Log10(tick) >= _low - 1e-9 && Math.Log10(tick) <= _high + 1e-9)
                            {
                                yield return tick;
                            }
                        }
                    }

                    yield break;
                }

                double raw = (_high - _low) / Wanted;
                double magnitude = Math.Pow(10, Math.Floor(Math.Log10(raw)));
                double step = (raw / magnitude) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 } * magnitude;
                for (double tick = Math.Ceiling(_low / step) * step; tick <= _high + (step / 1e6); tick += step)
                {
                    yield return tick;
                }
            }
        }

        public static Axis Of(IReadOnlyList<double> values, bool isLog, double start, double end)
        {
            double low = values.Count == 0 ? 0 : values.Min();
            double high = values.Count == 0 ? 1 : values.Max();
            if (isLog)
            {
                low = Math.Log10(Math.Max(low, 1e-12)) - 0.05;
                high = Math.Log10(Math.Max(high, 1e-12)) + 0.05;
            }
            else
            {
                low = Math.Min(0, low);
                high = high > low ? high * 1.05 : low + 1;
            }

            return new Axis(low, high, isLog, start, end);
        }

        public double Place(double value)
        {
            double at = _isLog ? Math.Log10(Math.Max(value, 1e-12)) : value;
            return _start + ((at - _low) / (_high - _low) * (_end - _start));
        }
    }
}
