using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Netemu.Topologies.Experiments;

namespace Netemu.Cli.Scale;

/// <summary>One HTML file with everything in it: plots, table, parameters, machine, and the command that makes it again.</summary>
internal static class HtmlReport
{
    private const string Style =
        "body{font:15px/1.5 sans-serif;max-width:1100px;margin:2em auto;padding:0 1em;color:#222}"
        + "table{border-collapse:collapse;font-size:13px}th,td{border:1px solid #ccc;padding:3px 8px;text-align:right}"
        + "th{background:#f3f3f3}.scroll{overflow-x:auto}pre{background:#f3f3f3;padding:.7em;overflow-x:auto}"
        + ".failed{color:#b00020;font-weight:bold}.held{color:#00662b;font-weight:bold}svg{max-width:100%;height:auto}";

    public static string Render(ScaleReport report)
    {
        StringBuilder html = new();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        html.Append(CultureInfo.InvariantCulture, $"<title>netemu scale {report.Experiment.Name}</title><style>{Style}</style></head>\n<body>\n");
        html.Append(CultureInfo.InvariantCulture, $"<h1>{report.Experiment.Name}</h1>\n<p>{Encode(report.Experiment.Summary)}</p>\n");
        AppendVerdict(html, report);
        html.Append("<h2>Findings</h2>\n<ul>\n");
        report.Conclusion.Findings.ForEach(f => html.Append(CultureInfo.InvariantCulture, $"<li>{Encode(f)}</li>\n"));
        html.Append("</ul>\n");
        foreach (PlotSpec plot in report.Conclusion.Plots)
        {
            html.Append(SvgChart.Render(plot));
        }

        AppendTable(html, report);
        html.Append("<h2>To run it again</h2>\n");
        html.Append(CultureInfo.InvariantCulture, $"<pre>{Encode(report.Command)} --html report.html</pre>\n");
        AppendMachine(html, report);
        return html.Append("</body></html>\n").ToString();
    }

    private static void AppendVerdict(StringBuilder html, ScaleReport report)
    {
        if (!report.HasFailures)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"held\">{report.Rows.Count} of {report.Outcome.Cells} cells run; every row is as it must be.</p>\n");
            return;
        }

        html.Append("<p class=\"failed\">Not as it must be:</p>\n<ul class=\"failed\">\n");
        foreach (string failure in report.Failures)
        {
            html.Append(CultureInfo.InvariantCulture, $"<li>{Encode(failure)}</li>\n");
        }

        html.Append("</ul>\n");
    }

    private static void AppendTable(StringBuilder html, ScaleReport report)
    {
        List<ExperimentColumn> columns = [.. report.Experiment.Columns.Where(c => report.Rows.Any(r => r[c.Name].Length > 0))];
        html.Append("<h2>Table</h2>\n<div class=\"scroll\"><table>\n<tr>");
        columns.ForEach(c => html.Append(CultureInfo.InvariantCulture, $"<th title=\"{Encode(c.Description)}\">{c.Name}</th>"));
        html.Append("<th>hash</th></tr>\n");
        foreach (ExperimentRow row in report.Rows)
        {
            html.Append("<tr>");
            columns.ForEach(c => html.Append(CultureInfo.InvariantCulture, $"<td>{Encode(row[c.Name])}</td>"));
            html.Append(CultureInfo.InvariantCulture, $"<td>{row.Hash:x16}</td></tr>\n");
        }

        html.Append("</table></div>\n<p>");
        html.Append(string.Join("; ", columns.Select(c => $"<b>{c.Name}</b>: {Encode(c.Description)}{(c.IsMeasured ? " (measured)" : string.Empty)}")));
        html.Append(".</p>\n");
    }

    private static void AppendMachine(StringBuilder html, ScaleReport report)
    {
        html.Append("<h2>Machine</h2>\n<p>");
        html.Append(CultureInfo.InvariantCulture, $"{Encode(RuntimeInformation.OSDescription)}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors, ");
        html.Append(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB, {Encode(RuntimeInformation.FrameworkDescription)}; ");
        html.Append(CultureInfo.InvariantCulture, $"{report.Outcome.Wall.TotalSeconds:0.0} s wall in all.</p>\n");
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
