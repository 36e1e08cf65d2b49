namespace Netemu.Felix.Messages;

/// <summary>What an IP set holds, by ipset's names.</summary>
public enum IPSetType : byte
{
    /// <summary>hash:net: prefixes.</summary>
    Net,

    /// <summary>hash:ip,port: address, protocol and port.</summary>
    IPAndPort,
}
