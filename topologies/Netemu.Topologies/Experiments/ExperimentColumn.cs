namespace Netemu.Topologies.Experiments;

/// <summary>A column of an experiment's table.</summary>
/// <param name="Name">As in CSV and JSON.</param>
/// <param name="Description">What it counts, with its unit.</param>
/// <param name="IsMeasured">True for what the machine decides (wall time, CPU, memory): no two runs agree on it.</param>
public sealed record ExperimentColumn(string Name, string Description, bool IsMeasured = false);
