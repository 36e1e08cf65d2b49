using System.Linq;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Bgp;

/// <summary>The neighbours: configured, changed, cleared, shut down.</summary>
public sealed partial class BgpSpeaker
{
    public BgpSession? FindNeighbor(InternetAddress address) => _index.Find(address);

    /// <summary>The neighbour of an address, or of an interface for one that was found there.</summary>
    public BgpSession? FindNeighbor(string name)
    {
        if (InternetAddress.TryParse(name, out InternetAddress address))
        {
            return _index.Find(address);
        }

        return _sessions.Find(session => session?.Configuration.Interface == name);
    }

    /// <summary>Makes room for a number of neighbours that are about to be added.</summary>
    public void ReserveNeighbors(int count)
    {
        _sessions.EnsureCapacity(_sessions.Count + count);
        _index.Reserve(_sessions.Count + count);
    }

    /// <summary>Configures a neighbour, and starts it if the speaker runs. Null if the address is taken.</summary>
    public BgpSession? AddNeighbor(BgpNeighbor neighbor)
    {
        if (_index.Find(neighbor.Address) is not null)
        {
            return null;
        }

        BgpSession session = AddSession(neighbor.Address, neighbor.Configuration, isDynamic: false);
        if (IsRunning)
        {
            SetPeerOptions(session);
            session.Start();
        }

        return session;
    }

    /// <summary>Takes a neighbour out of the configuration (Cease, peer de-configured).</summary>
    public bool RemoveNeighbor(InternetAddress address)
    {
        if (_index.Find(address) is not BgpSession session)
        {
            return false;
        }

        session.Stop(BgpErrorSubcode.PeerDeconfigured);
        Flush();
        foreach (IByteStreamListener listener in _listeners)
        {
            listener.SetPeerOptions(address, null);
        }

        Monitor?.Forget(session);
        ForgetFlaps(session.Index);
        _sessions[session.Index] = null;
        _conditions.Remove((session.Index, AddressFamily.IPv4));
        _conditions.Remove((session.Index, AddressFamily.IPv6));
        _freeNumbers++;
        _index.Removed();
        return true;
    }

    /// <summary>Changes how a neighbour is spoken to; the session starts anew if it has to.</summary>
    public bool ReconfigureNeighbor(InternetAddress address, BgpNeighborConfiguration configuration)
    {
        if (_index.Find(address) is not BgpSession session)
        {
            return false;
        }

        BgpNeighborConfiguration old = session.Configuration;
        if (old == configuration)
        {
            return true;
        }

        if (KeepsSession(old, configuration))
        {
            session.Configuration = configuration;
            ImportAgain(session, AddressFamily.IPv4);
            ImportAgain(session, AddressFamily.IPv6);
            Flush();
            session.ChangeGroups();
            return true;
        }

        session.Stop(configuration.Shutdown ? BgpErrorSubcode.AdministrativeShutdown : BgpErrorSubcode.OtherConfigurationChange);
        session.Configuration = configuration;
        StartAgain(session);
        return true;
    }

    /// <summary>"neighbor X shutdown", or its opposite.</summary>
    public bool SetShutdown(InternetAddress address, bool shutdown)
    {
        if (_index.Find(address) is not BgpSession session)
        {
            return false;
        }

        if (session.Configuration.Shutdown != shutdown)
        {
            session.Stop(BgpErrorSubcode.AdministrativeShutdown);
            session.Configuration = session.Configuration with { Shutdown = shutdown };
            Configuration = Configuration with
            {
                Neighbors = [.. Configuration.Neighbors.Select(known => known.Address == address ? known with { Configuration = session.Configuration } : known)],
            };
            session.Start();
        }

        return true;
    }

    /// <summary>"clear bgp X": the session ends with Cease, administrative reset, and starts at once.</summary>
    public bool Clear(InternetAddress address)
    {
        if (_index.Find(address) is not BgpSession session)
        {
            return false;
        }

        session.Stop(BgpErrorSubcode.AdministrativeReset);
        session.Start();
        return true;
    }

    /// <summary>BFD says that a neighbour can't be reached any more (RFC 5882 section 4.3).</summary>
    public void BfdDown(InternetAddress address) => _index.Find(address)?.BfdDown();

    /// <summary>The link to an external neighbour has lost its carrier.</summary>
    public void LinkDown(InternetAddress address) => _index.Find(address)?.LinkDown();

    /// <summary>"clear bgp X soft in": asks for the routes again (RFC 2918).</summary>
    public bool RequestRefresh(InternetAddress address, AddressFamily family) =>
        _index.Find(address)?.RequestRefresh(family) ?? false;

    private bool IsWithinLimit(BgpNeighborRange range)
    {
        int taken = 0;
        foreach (BgpSession session in Neighbors)
        {
            taken += session.IsDynamic && range.Prefix.Contains(session.Address) ? 1 : 0;
        }

        return range.Limit == 0 || taken < range.Limit;
    }

    private BgpSession AddSession(InternetAddress address, BgpNeighborConfiguration configuration, bool isDynamic)
    {
        int free = _freeNumbers > 0 ? _sessions.IndexOf(null) : -1;
        int number = free >= 0 ? free : _sessions.Count;
        BgpSession session = new(this, address, configuration, (ushort)number) { IsDynamic = isDynamic };
        if (free >= 0)
        {
            _sessions[free] = session;
            _freeNumbers--;
        }
        else
        {
            _sessions.Add(session);
        }

        _index.Add(session);
        if (HasCondition(session))
        {
            _hasConditions = true;
            ArmConditions();
        }

        return session;
    }

    /// <summary>A neighbour from a range has lost its connection: at the end of the instant it is none any more.</summary>
    internal void ScheduleForgetting()
    {
        if (IsRunning)
        {
            Scheduler.Schedule(_forgetTimer, Scheduler.Now);
        }
    }

    private void ForgetGone()
    {
        foreach (BgpSession session in Neighbors.Where(session => session.IsDynamic && session.IsGone).ToArray())
        {
            RemoveNeighbor(session.Address);
        }
    }

    private BgpSession? AddFromRange(InternetAddress address)
    {
        if (RangeOf(Configuration, address) is not { } range || !IsWithinLimit(range))
        {
            return null;
        }

        BgpSession session = AddSession(address, range.Configuration with { Passive = true }, isDynamic: true);
        session.Start();
        return session;
    }

    /// <summary>Of the ranges that an address is in the longest one, as bgpd has it (peer_group_lookup_dynamic_neighbor_range).</summary>
    private static BgpNeighborRange? RangeOf(BgpSpeakerConfiguration configuration, InternetAddress address)
    {
        BgpNeighborRange? longest = null;
        foreach (BgpNeighborRange range in configuration.NeighborRanges)
        {
            if (range.Prefix.Contains(address) && (longest is not { } other || range.Prefix.Length > other.Prefix.Length))
            {
                longest = range;
            }
        }

        return longest;
    }
}
