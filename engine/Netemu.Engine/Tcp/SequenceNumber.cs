namespace Netemu.Engine.Tcp;

/// <summary>Comparison of sequence numbers modulo 2^32 (RFC 9293 section 3.4).</summary>
internal static class SequenceNumber
{
    public static bool Less(uint left, uint right) => (int)(left - right) < 0;

    public static bool LessOrEqual(uint left, uint right) => (int)(left - right) <= 0;

    public static uint Max(uint left, uint right) => Less(left, right) ? right : left;

    public static uint Min(uint left, uint right) => Less(left, right) ? left : right;
}
