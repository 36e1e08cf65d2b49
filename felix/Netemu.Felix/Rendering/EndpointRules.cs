using System;
using System.Collections.Generic;
using Netemu.Calico.Resources;

namespace Netemu.Felix.Rendering;

/// <summary>
/// The rules that the chains of all endpoints consist of, each made once: thirty thousand endpoints differ in the policies
/// that they jump to, not in how they do it.
/// </summary>
internal sealed class EndpointRules
{
    private readonly Dictionary<string, ChainRule> _jumps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ChainRule> _policyJumps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ChainRule Start, ChainRule End)> _tiers = new(StringComparer.Ordinal);
    private readonly RuleTarget _deny;

    public EndpointRules(FelixConfiguration configuration)
    {
        _deny = RuleRenderer.DenyTarget(configuration);
        Conntrack = [.. MakeConntrack(configuration)];
        Encapsulated = [.. MakeEncapsulated(configuration)];
        DropWithoutProfile = new ChainRule(RuleMatch.Any, _deny, "Drop if no profiles matched") { Origin = new RuleOrigin(null, null, null) };
    }

    /// <summary>What belongs to a connection is accepted, what to none and opens none is dropped.</summary>
    public IReadOnlyList<ChainRule> Conntrack { get; }

    /// <summary>A workload sends no tunnel packets of its own.</summary>
    public IReadOnlyList<ChainRule> Encapsulated { get; }

    public ChainRule ClearAccept { get; } = new(RuleMatch.Any, RuleTarget.ClearMark(FilterMarks.Accept));

    public ChainRule NoTrack { get; } = new(new RuleMatch { Mark = MarkMatch.Set(FilterMarks.Accept) }, RuleTarget.NoTrack);

    public ChainRule ReturnIfPolicyAccepted { get; } = new(
        new RuleMatch { Mark = MarkMatch.Set(FilterMarks.Accept) }, RuleTarget.Return, "Return if policy accepted");

    public ChainRule ReturnIfProfileAccepted { get; } = new(
        new RuleMatch { Mark = MarkMatch.Set(FilterMarks.Accept) }, RuleTarget.Return, "Return if profile accepted");

    public ChainRule DropWithoutProfile { get; }

    public ChainRule StartOfTier(string tier) => TierRules(tier).Start;

    public ChainRule EndOfTier(string tier) => TierRules(tier).End;

    public ChainRule Jump(string chain)
    {
        if (!_jumps.TryGetValue(chain, out ChainRule? jump))
        {
            jump = new ChainRule(RuleMatch.Any, RuleTarget.Jump(chain));
            _jumps.Add(chain, jump);
        }

        return jump;
    }

    /// <summary>To a policy, unless an earlier one passed the packet on.</summary>
    public ChainRule JumpToPolicy(string chain)
    {
        if (!_policyJumps.TryGetValue(chain, out ChainRule? jump))
        {
            jump = new ChainRule(new RuleMatch { Mark = MarkMatch.Clear(FilterMarks.Pass) }, RuleTarget.Jump(chain));
            _policyJumps.Add(chain, jump);
        }

        return jump;
    }

    private (ChainRule Start, ChainRule End) TierRules(string tier)
    {
        if (!_tiers.TryGetValue(tier, out (ChainRule Start, ChainRule End) rules))
        {
            rules = (
                new ChainRule(RuleMatch.Any, RuleTarget.ClearMark(FilterMarks.Pass), $"Start of tier {tier}"),
                new ChainRule(
                    new RuleMatch { Mark = MarkMatch.Clear(FilterMarks.Pass) },
                    _deny,
                    $"End of tier {tier}. Drop if no policies passed packet")
                {
                    Origin = new RuleOrigin(null, null, tier),
                });
            _tiers.Add(tier, rules);
        }

        return rules;
    }

    private IEnumerable<ChainRule> MakeConntrack(FelixConfiguration configuration)
    {
        yield return new ChainRule(
            new RuleMatch { States = ConntrackStates.Established | ConntrackStates.Related },
            configuration.FilterAllowReturns ? RuleTarget.SetMark(FilterMarks.Accept) : RuleTarget.Accept);
        if (configuration.FilterAllowReturns)
        {
            yield return new ChainRule(new RuleMatch { Mark = MarkMatch.Set(FilterMarks.Accept) }, RuleTarget.Return);
        }

        if (!configuration.DisableConntrackInvalidCheck)
        {
            yield return new ChainRule(new RuleMatch { States = ConntrackStates.Invalid }, _deny);
        }
    }

    private IEnumerable<ChainRule> MakeEncapsulated(FelixConfiguration configuration)
    {
        if (!configuration.AllowVxlanPacketsFromWorkloads)
        {
            PortMatch port = new(configuration.VxlanPort, configuration.VxlanPort);
            yield return new ChainRule(
                new RuleMatch { Protocol = IPProtocol.Udp, Ports = [new PortsMatch([port], IsSource: false)] },
                _deny,
                "Drop VXLAN encapped packets originating in workloads");
        }

        if (!configuration.AllowIpipPacketsFromWorkloads)
        {
            yield return new ChainRule(
                new RuleMatch { Protocol = new IPProtocol(4) }, _deny, "Drop IPinIP encapped packets originating in workloads");
        }
    }
}
