using System;
using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Core.Time;

namespace Netemu.Commands.Probes;

/// <summary>What ping counts, and the lines at its end (ping_common.c finish).</summary>
internal sealed class PingStatistics
{
    private long _sum;
    private long _sumOfSquares;
    private long _least = long.MaxValue;
    private long _most;
    private long _duplicates;
    private int _pipe;

    /// <summary>The sequence number up to which all is answered, as far as ping reckons.</summary>
    private ushort _acknowledged;

    /// <summary>Eight times the smoothed round trip, in microseconds (the "ewma").</summary>
    private long _smoothed;

    public SimTime Started { get; set; }

    public SimTime LastSent { get; set; }

    public long Transmitted { get; set; }

    public long Received { get; private set; }

    public long Errors { get; set; }

    /// <summary>The longest round trip so far.</summary>
    public Duration Longest => Duration.FromMicroseconds(_most);

    /// <summary>How many are under way, as far as ping reckons (in_flight).</summary>
    public int InFlight
    {
        get
        {
            ushort behind = (ushort)((ushort)Transmitted - _acknowledged);
            return behind <= 0x7FFF ? behind : (int)(Transmitted - Received - Errors);
        }
    }

    /// <summary>The interval that -A chooses: the smoothed round trip, in whole milliseconds (update_interval).</summary>
    public Duration AdaptedInterval => Duration.FromMilliseconds(((_smoothed / 8) + 500) / 1000);

    public void NoteReply(ushort sequence, Duration time, bool isDuplicate)
    {
        // ping reckons in microseconds.
        long microseconds = time.Microseconds;
        _sum += microseconds;
        _sumOfSquares += microseconds * microseconds;
        _least = Math.Min(_least, microseconds);
        _most = Math.Max(_most, microseconds);
        _smoothed += _smoothed == 0 ? microseconds * 8 : microseconds - (_smoothed / 8);
        Received += isDuplicate ? 0 : 1;
        _duplicates += isDuplicate ? 1 : 0;
        Acknowledge(sequence);
    }

    public void NoteError(ushort sequence)
    {
        Errors++;
        Acknowledge(sequence);
    }

    /// <summary>Prints the end; with <paramref name="showsPace"/> also the time from packet to packet, beside the smoothed round trip.</summary>
    public void Print(CommandOutput output, string host, bool isTimed, bool showsPace)
    {
        output.Line(string.Empty);
        output.Line($"--- {host} ping statistics ---");
        string duplicates = _duplicates > 0 ? $", +{_duplicates} duplicates" : string.Empty;
        string errors = Errors > 0 ? $", +{Errors} errors" : string.Empty;
        string loss = Transmitted > 0 ? $", {Percent(Transmitted - Received, Transmitted)}% packet loss" : string.Empty;
        long milliseconds = (LastSent - Started).Milliseconds;
        output.Line($"{Transmitted} packets transmitted, {Received} received{duplicates}{errors}{loss}, time {milliseconds}ms");
        string last = string.Empty;
        if (Received > 0 && isTimed)
        {
            long total = Received + _duplicates;
            long variance = (_sumOfSquares - (_sum * _sum / total)) / total;
            last = $"rtt min/avg/max/mdev = {PingText.Milliseconds(_least)}/{PingText.Milliseconds(_sum / total)}/{PingText.Milliseconds(_most)}/{PingText.Milliseconds(SquareRoot(variance))} ms";
        }

        if (_pipe > 1)
        {
            last += $"{(last.Length > 0 ? ", " : string.Empty)}pipe {_pipe}";
        }

        if (showsPace && Received > 0 && Transmitted > 1)
        {
            long gap = (LastSent - Started).Microseconds / (Transmitted - 1);
            last += $"{(last.Length > 0 ? ", " : string.Empty)}ipg/ewma {PingText.Milliseconds(gap)}/{PingText.Milliseconds(_smoothed / 8)} ms";
        }

        output.Line(last);
    }

    /// <summary>The share as printf's %g prints it: at most six digits.</summary>
    private static string Percent(long lost, long total)
    {
        decimal share = 100m * lost / total;
        int digits = share >= 100 ? 3 : share >= 10 ? 4 : 5;
        return Math.Round(share, digits).ToString("0.######", CultureInfo.InvariantCulture);
    }

    private static long SquareRoot(long value)
    {
        long root = 0;
        for (long bit = 1L << 31; bit > 0; bit >>= 1)
        {
            if ((root + bit) * (root + bit) <= value)
            {
                root += bit;
            }
        }

        return root;
    }

    /// <summary>How many were under way at once (acknowledge).</summary>
    private void Acknowledge(ushort sequence)
    {
        ushort behind = (ushort)((ushort)Transmitted - sequence);
        if (behind <= 0x7FFF)
        {
            _pipe = Math.Max(_pipe, behind + 1);
            if ((short)(sequence - _acknowledged) > 0 || (ushort)((ushort)Transmitted - _acknowledged) > 0x7FFF)
            {
                _acknowledged = sequence;
            }
        }
    }
}
