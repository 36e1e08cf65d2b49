using System;

namespace Netemu.Engine.Tcp;

/// <summary>
/// HyStart++ (RFC 9406): the first slow start of CUBIC slows down when round trips grow, before the queue overflows. Linux has
/// its older form; without either, whoever starts first fills the queue alone and keeps the larger share for many epochs.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>MIN_RTT_THRESH, MAX_RTT_THRESH, N_RTT_SAMPLE, CSS_GROWTH_DIVISOR and CSS_ROUNDS of section 4.3.</summary>
    private const long SmallestIncrease = 4_000_000;
    private const long LargestIncrease = 16_000_000;
    private const int RoundTripSamples = 8;
    private const int ConservativeDivisor = 4;
    private const int ConservativeRoundLimit = 5;

    private bool IsFirstSlowStart =>
        _slowStartThreshold == int.MaxValue && CongestionControl == TcpCongestionControl.Cubic && _phase == RecoveryPhase.Open;

    /// <summary>A segment that was sent once has been delivered: the round's shortest round trip decides.</summary>
    private void NoteSlowStartSample(long roundTrip)
    {
        SentSegments sent = _sent!;
        sent.RoundMinimum = Math.Min(sent.RoundMinimum, roundTrip);
        if (++sent.RoundSamples < RoundTripSamples || sent.LastRoundMinimum == Never)
        {
            return;
        }

        if (sent.ConservativeRounds == 0)
        {
            long increase = Math.Clamp(sent.LastRoundMinimum / 8, SmallestIncrease, LargestIncrease);
            if (sent.RoundMinimum >= sent.LastRoundMinimum + increase)
            {
                sent.ConservativeBaseline = sent.RoundMinimum;
                sent.ConservativeRounds = 1;
            }
        }
        else if (sent.RoundMinimum < sent.ConservativeBaseline)
        {
            // It was jitter: slow start goes on.
            sent.ConservativeRounds = 0;
        }
    }

    /// <summary>A round ends when what was in flight at its start has been acknowledged; five conservative ones end slow start.</summary>
    private void AdvanceSlowStartRound()
    {
        if (_sent is not { } sent || SequenceNumber.Less(_sendUnacknowledged, sent.RoundEnd))
        {
            return;
        }

        if (sent.ConservativeRounds > 0 && ++sent.ConservativeRounds > ConservativeRoundLimit)
        {
            _slowStartThreshold = _congestionWindow;
        }

        sent.LastRoundMinimum = sent.RoundMinimum;
        sent.RoundMinimum = Never;
        sent.RoundSamples = 0;
        sent.RoundEnd = _sendMaximum;
    }
}
