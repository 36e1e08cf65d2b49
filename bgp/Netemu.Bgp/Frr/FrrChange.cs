namespace Netemu.Bgp.Frr;

/// <summary>What a line of a neighbour makes of its configuration; the compiler knows the timers, maps and addresses that the line names.</summary>
internal delegate BgpNeighborConfiguration FrrChange(BgpNeighborConfiguration neighbor, FrrCompiler compiler);
