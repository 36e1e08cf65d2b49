using Netemu.Core.Addresses;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// What <see cref="LpmScenario"/> measured. Lookups are independent (random), independent and 64
/// at a time (batch), or each waits for the one before (dependent); the memory is what lookups read; an update is one change with the lookup that applies it.
/// </summary>
public sealed record LpmFigures(
    AddressFamily Family,
    int Prefixes,
    double RandomLookupNanoseconds,
    double BatchLookupNanoseconds,
    double DependentLookupNanoseconds,
    double BytesPerPrefix,
    double LoadNanosecondsPerPrefix,
    double CompileNanosecondsPerPrefix,
    double UpdateMicroseconds,
    double WorstUpdateMicroseconds);
