using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Programs.Iperf3;

/// <summary>Who is told how tests go: what prints them.</summary>
public interface IIperf3Observer
{
    /// <summary>A server waits for its next test.</summary>
    void Listening(ushort port);

    /// <summary>A client has come.</summary>
    void Accepted(InternetAddress address, ushort port);

    /// <summary>The streams stand.</summary>
    void Started(Iperf3Test test);

    void Interval(Iperf3Test test, IReadOnlyList<Iperf3Interval> ended);

    /// <summary>Both sides know their results.</summary>
    void Ended(Iperf3Test test);
}
