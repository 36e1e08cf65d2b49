using System;
using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Calculation;

/// <summary>
/// One node's part of an <see cref="EndpointIndex"/>: its own endpoints, and the members of the IP sets that it uses. Of an
/// index that several nodes share, the news wait in order until the node takes them: it must not know of a change before
/// its watch has told it.
/// </summary>
internal sealed class IndexSubscription(
    EndpointIndex index, string node, ILocalEndpointListener endpoints, ICalculationOutput output, bool waits)
{
    private readonly Queue<News> _news = [];
    private readonly Dictionary<string, long> _lives = new(StringComparer.Ordinal);
    private long _nextLife;

    public string Node => node;

    /// <summary>True while news wait to be taken.</summary>
    public bool HasNews => _news.Count > 0;

    /// <summary>A rule refers to a set for the first time: it is sent whole, as it is now.</summary>
    public void Activate(IPSetKey set)
    {
        _lives[set.Id] = ++_nextLife;
        output.OnIPSetAdded(set.Id, set.Type);
        index.Activate(this, set);
    }

    public void Deactivate(IPSetKey set)
    {
        _lives.Remove(set.Id);
        index.Deactivate(this, set);
        output.OnIPSetRemoved(set.Id);
    }

    /// <summary>A member of a set that is being activated.</summary>
    public void OnPresent(string id, IPSetMember member) => output.OnMemberAdded(id, member);

    public void OnMember(string id, IPSetMember member, bool isAdded)
    {
        if (waits)
        {
            _news.Enqueue(new News(default, null, LabelSet.Empty, id, _lives[id], member, isAdded));
        }
        else
        {
            Tell(id, member, isAdded);
        }
    }

    public void OnEndpoint(ResourceKey key, LabelledEndpoint? endpoint, LabelSet labels)
    {
        if (waits)
        {
            _news.Enqueue(new News(key, endpoint, labels, null, 0, default, false));
        }
        else
        {
            Tell(key, endpoint, labels);
        }
    }

    /// <summary>Takes the news, in the order in which they came.</summary>
    public void Take()
    {
        while (_news.TryDequeue(out News news))
        {
            if (news.Set is null)
            {
                Tell(news.Key, news.Endpoint, news.Labels);
            }
            else if (_lives.TryGetValue(news.Set, out long life) && life == news.Life)
            {
                // News of a set that went, or went and came back, are part of what was sent since.
                Tell(news.Set, news.Member, news.IsAdded);
            }
        }
    }

    private void Tell(string id, IPSetMember member, bool isAdded)
    {
        if (isAdded)
        {
            output.OnMemberAdded(id, member);
        }
        else
        {
            output.OnMemberRemoved(id, member);
        }
    }

    private void Tell(ResourceKey key, LabelledEndpoint? endpoint, LabelSet labels)
    {
        if (endpoint is null)
        {
            endpoints.RemoveLocalEndpoint(key);
        }
        else
        {
            endpoints.UpdateLocalEndpoint(key, endpoint, labels);
        }
    }

    private readonly record struct News(
        ResourceKey Key, LabelledEndpoint? Endpoint, LabelSet Labels, string? Set, long Life, IPSetMember Member, bool IsAdded);
}
