using Netemu.Bgp.Bfd;
using Netemu.Core.Time;

namespace Netemu.Bgp.Frr;

/// <content>"bfd", with its profiles and peers (bfdd): the times of the sessions that neighbours ask for.</content>
public sealed partial class FrrReader
{
    private (bool IsPeer, string Name) _bfd;

    private bool ReadBfd(FrrWords words, bool negated)
    {
        if (words.Take("profile"))
        {
            return OpenBfd(isPeer: false, words.Next(), negated);
        }

        if (words.Take("peer"))
        {
            string peer = words.Address().ToString();
            while (words.Take("multihop") || words.Take("local-address") || words.Take("interface") || words.Take("vrf"))
            {
                // The session is found by its peer; the rest is the neighbour's own.
                if (!words.AtEnd && words.Peek is not ("local-address" or "interface" or "vrf"))
                {
                    words.Next();
                }
            }

            return OpenBfd(isPeer: true, peer, negated);
        }

        return false;
    }

    private bool OpenBfd(bool isPeer, string name, bool negated)
    {
        if (negated)
        {
            (isPeer ? configuration.BfdPeers : configuration.BfdProfiles).Remove(name);
            return true;
        }

        (isPeer ? configuration.BfdPeers : configuration.BfdProfiles).TryAdd(name, BfdParameters.Default);
        _bfd = (isPeer, name);
        return Leave(Context.BfdProfile);
    }

    private bool ReadBfdProfile(FrrWords words, bool negated)
    {
        BfdParameters current = Parameters;
        if (words.Take("detect-multiplier"))
        {
            Parameters = current with { DetectMultiplier = negated ? words.Drop<byte>(BfdParameters.Default.DetectMultiplier) : (byte)words.Number(1, 255) };
        }
        else if (words.Take("transmit-interval"))
        {
            Parameters = current with { DesiredMinTx = negated ? words.Drop<Duration>(BfdParameters.Default.DesiredMinTx) : Interval(words) };
        }
        else if (words.Take("receive-interval"))
        {
            Parameters = current with { RequiredMinRx = negated ? words.Drop<Duration>(BfdParameters.Default.RequiredMinRx) : Interval(words) };
        }
        else if (!_bfd.IsPeer || !words.Take("profile"))
        {
            return IsNeutralBfd(words, negated);
        }
        else
        {
            string name = words.Next();
            Parameters = configuration.BfdProfiles.TryGetValue(name, out BfdParameters? profile) ? profile : current;
        }

        return true;
    }

    private BfdParameters Parameters
    {
        get => (_bfd.IsPeer ? configuration.BfdPeers : configuration.BfdProfiles)[_bfd.Name];
        set => (_bfd.IsPeer ? configuration.BfdPeers : configuration.BfdProfiles)[_bfd.Name] = value;
    }

    private static Duration Interval(FrrWords words) => Duration.FromMilliseconds(words.Number(10, 60_000));

    /// <summary>Echo packets and the TTL of multihop sessions make no difference here; "no shutdown" is how a peer is.</summary>
    private static bool IsNeutralBfd(FrrWords words, bool negated)
    {
        bool neutral = words.Take("echo-mode") || words.Take("echo") || words.Take("echo-interval") || words.Take("minimum-ttl")
            || words.Take("label") || (negated && (words.Take("shutdown") || words.Take("passive-mode")));
        if (neutral)
        {
            words.Rest();
        }

        return neutral;
    }
}
