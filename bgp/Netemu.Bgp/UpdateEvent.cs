using System;
using System.Collections.Generic;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp;

/// <summary>One prefix of an UPDATE that a router has received: announced with its path, or withdrawn.</summary>
public sealed record UpdateEvent(SimTime Time, string Router, InternetAddress Peer, InternetPrefix Prefix, bool IsAnnounced, string Path)
{
    /// <summary>The prefixes of an UPDATE, withdrawals first as they are processed. What cannot be read is left out.</summary>
    public static void Read(BgpSpeaker speaker, BgpSession session, ReadOnlySpan<byte> message, List<UpdateEvent> into)
    {
        if (UpdateMessage.TryRead(message, out UpdateMessage update).IsError)
        {
            return;
        }

        string path = UpdateCount.AsPathOf(update).ToString();
        Add(speaker, session, AddressFamily.IPv4, update.Withdrawn, null, into);
        UpdateCount.MultiprotocolOf(update, out ReadOnlySpan<byte> unreach, out AddressFamily withdrawn, out ReadOnlySpan<byte> reach, out AddressFamily announced);
        Add(speaker, session, withdrawn, unreach, null, into);
        Add(speaker, session, announced, reach, path, into);
        Add(speaker, session, AddressFamily.IPv4, update.Nlri, path, into);
    }

    private static void Add(
        BgpSpeaker speaker, BgpSession session, AddressFamily family, ReadOnlySpan<byte> field, string? path, List<UpdateEvent> into)
    {
        if (field.IsEmpty || family is not (AddressFamily.IPv4 or AddressFamily.IPv6))
        {
            return;
        }

        PrefixTable prefixes = family == AddressFamily.IPv4 ? speaker.Tables.IPv4Prefixes : speaker.Tables.IPv6Prefixes;
        NlriBuffer nlri = new();
        prefixes.TryReadNlri(field, session.ReceivesAddPath(family), nlri);
        foreach (int prefix in nlri.Prefixes)
        {
            into.Add(new UpdateEvent(
                speaker.Scheduler.Now, speaker.Configuration.Name, session.Address, prefixes[prefix], path is not null, path ?? string.Empty));
        }
    }
}
