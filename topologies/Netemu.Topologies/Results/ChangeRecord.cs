using System.Collections.Generic;
using Netemu.Core.Time;

namespace Netemu.Topologies.Results;

/// <summary>
/// A change of a running cluster's objects and what it took: the time from the store event until the last node judged and
/// routed new flows by it. What happened up to the next change counts for this one.
/// </summary>
/// <param name="At">When the store was written.</param>
/// <param name="Objects">The objects that were written, as Kind/namespace/name, in the store's order.</param>
/// <param name="Convergence">Until the last new flow with the old verdict; zero if no node had anything to do.</param>
/// <param name="Nodes">On how many nodes tables, sets or routes changed.</param>
public sealed record ChangeRecord(SimTime At, IReadOnlyList<string> Objects, Duration Convergence, int Nodes);
