using BenchmarkDotNet.Running;

namespace Netemu.Benchmarks;

/// <summary>Runs the benchmarks that are named on the command line, such as `--filter *LongestPrefixMatch*`.</summary>
public static class Program
{
    public static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
