namespace Netemu.Engine.Netfilter.Text;

/// <summary>What a command of iptables answers: its exit code, and what it writes to either output.</summary>
public readonly record struct IptablesResult(int ExitCode, string Output, string Error)
{
    public static IptablesResult Ok(string output = "") => new(0, output, string.Empty);

    public static IptablesResult Fail(int code, string error) => new(code, string.Empty, error);
}
