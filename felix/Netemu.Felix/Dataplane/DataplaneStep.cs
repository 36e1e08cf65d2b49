using System;
using Netemu.Core.Time;

namespace Netemu.Felix.Dataplane;

/// <summary>
/// One operation on the kernel that is atomic in itself: a set written, a table replaced, routes changed. What it costs
/// passes before it takes effect.
/// </summary>
internal readonly record struct DataplaneStep(DataplaneStepKind Kind, string Name, Duration Cost, Action Run);
