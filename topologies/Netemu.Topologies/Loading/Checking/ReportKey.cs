namespace Netemu.Topologies.Loading.Checking;

/// <summary>A key of a step's report, with what may be seen under it.</summary>
internal sealed record ReportKey(string Name, ReportValue Value);
