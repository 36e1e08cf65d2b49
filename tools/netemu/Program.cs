namespace Netemu.Cli;

/// <summary>The command line.</summary>
public static class Program
{
    public static int Main() => 0;
}
