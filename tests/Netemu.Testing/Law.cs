using System;
using FsCheck;
using FsCheck.Fluent;

namespace Netemu.Testing;

/// <summary>Checks a law on generated values; the same values in every run, so that a failure repeats.</summary>
public static class Law
{
    private const ulong Seed = 20_26;
    private const ulong Gamma = 2_001;

    /// <summary>Asserts that <paramref name="law"/> returns true for each of <paramref name="count"/> values.</summary>
    public static void Holds<T>(Gen<T> values, Func<T, bool> law, int count = 1_000) =>
        Check.One(Configuration(count), Prop.ForAll(values.ToArbitrary(), law));

    /// <summary>Asserts that <paramref name="law"/>, full of assertions, passes for each of <paramref name="count"/> values.</summary>
    public static void Holds<T>(Gen<T> values, Action<T> law, int count = 1_000) =>
        Check.One(Configuration(count), Prop.ForAll(values.ToArbitrary(), law));

    private static Config Configuration(int count) =>
        Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(Seed, Gamma);
}
