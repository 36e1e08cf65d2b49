namespace Netemu.Topologies.Model.Steps;

/// <summary>An HTTP/1.1 request.</summary>
public sealed class HttpProbe : ProbeAction
{
    public override string Kind => "http";

    public int Port { get; internal set; } = 80;

    public string Path { get; internal set; } = "/";

    public string Method { get; internal set; } = "GET";

    /// <summary>The Host header; the target as written where null.</summary>
    public string? Host { get; internal set; }

    public string? Body { get; internal set; }
}
