namespace Netemu.Topologies.Model;

/// <summary>ADD-PATH (RFC 7911) for a session.</summary>
public enum BgpAddPath : byte
{
    None,
    Receive,
    Send,
    Both,
}
