using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Netemu.Core.Randomness;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>A speaker on this machine's sockets with an owner thread of its own.</summary>
internal sealed class LiveSpeaker : IDisposable
{
    private readonly SocketEventLoop _loop = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private readonly BgpSpeaker _speaker;

    // The test runner's blocked threads must not stand between a socket and its owner.
    static LiveSpeaker() => SocketEventLoop.UseInlineCompletions();

    public LiveSpeaker(BgpSpeakerConfiguration configuration, bool restarting = false)
    {
        _speaker = new BgpSpeaker(configuration, new BgpServices
        {
            Scheduler = _loop,
            Transport = new SocketTransport(_loop),
            Random = new RandomSource(1, configuration.Name),
            Tables = new BgpTables(),
        });
        _thread = new Thread(() => _loop.Run(_stop.Token)) { IsBackground = true };
        _thread.Start();
        _loop.Post(() => _speaker.Start(restarting));
    }

    /// <summary>A port that nobody listens on at the moment.</summary>
    public static ushort FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return (ushort)((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static BgpTimers Timers { get; } = BgpTimers.Of(TimerProfile.CalicoBird) with
    {
        ConnectDelay = Netemu.Core.Time.Duration.FromMilliseconds(100),
        ConnectRetry = Netemu.Core.Time.Duration.FromMilliseconds(500),
        IdleHold = Netemu.Core.Time.Duration.FromMilliseconds(200),
    };

    /// <summary>Asks the owner's thread.</summary>
    public T Ask<T>(Func<BgpSpeaker, T> question)
    {
        T answer = default!;
        using ManualResetEventSlim done = new();
        _loop.Post(() =>
        {
            answer = question(_speaker);
            done.Set();
        });
        Assert.True(done.Wait(TimeSpan.FromSeconds(10)), "the owner's thread does not answer");
        return answer;
    }

    /// <summary>Waits until something is true, at most 15 s.</summary>
    public static void Eventually(Func<bool> condition, Func<string> whyNot)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(15))
            {
                Assert.Fail(whyNot());
            }

            Thread.Sleep(20);
        }
    }

    /// <summary>Ends as a killed process does: connections are gone, nothing is said.</summary>
    public void Kill() => End(speaker => speaker.Destroy());

    public void Dispose() => End(speaker => speaker.Stop());

    private void End(Action<BgpSpeaker> how)
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        Ask(speaker =>
        {
            how(speaker);
            return true;
        });
        _stop.Cancel();
        _thread.Join();
    }
}
