using System;
using Netemu.Core.Time;

namespace Netemu.Felix.Dataplane;

/// <summary>
/// One operation on the kernel that is atomic in itself: a set written, a table replaced, routes changed. What it costs
/// passes before it takes effect. <c>Change</c> is what it changes: a SetChange, a TableChange, or null where the name says it.
/// </summary>
internal readonly record struct DataplaneStep(DataplaneStepKind Kind, string Name, Duration Cost, Action Run, object? Change = null);
