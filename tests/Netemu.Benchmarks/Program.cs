namespace Netemu.Benchmarks;

/// <summary>Runs the benchmarks that are named on the command line.</summary>
public static class Program
{
    public static int Main() => 0;
}
