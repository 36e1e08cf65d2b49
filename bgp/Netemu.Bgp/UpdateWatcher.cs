using System;
using Netemu.Bgp.Sessions;

namespace Netemu.Bgp;

/// <summary>Hears of every UPDATE that any speaker of an emulation receives; the bytes are valid during the call only.</summary>
public delegate void UpdateWatcher(BgpSpeaker speaker, BgpSession session, ReadOnlySpan<byte> message);
