using System;
using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Calculation;

/// <summary>
/// One node's part of a <see cref="ClusterIndex"/>: its own endpoints with the policies that select them, and the members of
/// the IP sets that it uses. Of an index that several nodes share, the news wait in order until the node takes them: it
/// must not know of a change before its watch has told it.
/// </summary>
internal sealed class IndexSubscription(
    ClusterIndex index, string node, INodeListener listener, ICalculationOutput output, bool waits)
{
    private readonly Queue<News> _news = [];
    private readonly Dictionary<string, long> _lives = new(StringComparer.Ordinal);
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);
    private long _nextLife;

    public string Node => node;

    /// <summary>True while news wait to be taken.</summary>
    public bool HasNews => _news.Count > 0;

    /// <summary>A rule refers to a set for the first time: it is sent whole, as it is now.</summary>
    public void Activate(IPSetKey set)
    {
        _lives[set.Id] = ++_nextLife;
        output.OnIPSetAdded(set.Id, set.Type, index.Activate(this, set));
    }

    public void Deactivate(IPSetKey set)
    {
        _lives.Remove(set.Id);
        index.Deactivate(this, set);
        output.OnIPSetRemoved(set.Id);
    }

    /// <summary>Uses one of the sets that stand for the cluster itself, for good.</summary>
    public void Use(string set)
    {
        _lives[set] = ++_nextLife;
        output.OnIPSetAdded(set, IPSetType.Net, index.Use(this, set));
    }

    public void OnMember(string set, IPSetMember member, bool isAdded) =>
        Take(new News(NewsKind.Member) { Name = set, Life = _lives[set], Member = member, IsArrival = isAdded });

    public void OnEndpoint(ResourceKey key, LabelledEndpoint? endpoint) =>
        Take(new News(NewsKind.Endpoint) { Key = key, Value = endpoint });

    public void OnMatch(ScannedPolicy policy, ResourceKey endpoint, bool isStarted) =>
        Take(new News(NewsKind.Match) { Key = endpoint, Value = policy, IsArrival = isStarted });

    public void OnPolicy(ScannedPolicy policy) => Take(new News(NewsKind.Policy) { Value = policy });

    public void OnProfile(string name) => Take(new News(NewsKind.Profile) { Name = name });

    /// <summary>Takes the news, in the order in which they came.</summary>
    public void Take()
    {
        while (_news.TryDequeue(out News news))
        {
            Tell(news);
        }

        Settle();
    }

    /// <summary>Says which version the sets have come to whose members have changed.</summary>
    public void Settle()
    {
        foreach (string set in _touched)
        {
            if (_lives.ContainsKey(set))
            {
                output.OnIPSetVersion(set, index.VersionOf(set));
            }
        }

        _touched.Clear();
    }

    private void Take(in News news)
    {
        if (waits)
        {
            _news.Enqueue(news);
        }
        else
        {
            Tell(news);
        }
    }

    private void Tell(in News news)
    {
        switch (news.Kind)
        {
            case NewsKind.Member:
                // News of a set that went, or went and came back, are part of what was sent since.
                if (_lives.TryGetValue(news.Name!, out long life) && life == news.Life)
                {
                    _touched.Add(news.Name!);
                    output.OnMember(news.Name!, news.Member, news.IsArrival);
                }

                break;
            case NewsKind.Endpoint:
                listener.OnEndpoint(news.Key, (LabelledEndpoint?)news.Value);
                break;
            case NewsKind.Match when news.IsArrival:
                listener.OnMatchStarted((ScannedPolicy)news.Value!, news.Key);
                break;
            case NewsKind.Match:
                listener.OnMatchStopped((ScannedPolicy)news.Value!, news.Key);
                break;
            case NewsKind.Policy:
                listener.OnPolicy((ScannedPolicy)news.Value!);
                break;
            case NewsKind.Profile:
                listener.OnProfile(news.Name!);
                break;
        }
    }

    private enum NewsKind : byte
    {
        Member,
        Endpoint,
        Match,
        Policy,
        Profile,
    }

    private readonly record struct News(NewsKind Kind)
    {
        public ResourceKey Key { get; init; }

        public object? Value { get; init; }

        public string? Name { get; init; }

        public long Life { get; init; }

        public IPSetMember Member { get; init; }

        public bool IsArrival { get; init; }
    }
}
