using System.Collections.Generic;
using Netemu.Calico.Policies;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Calculation;

/// <summary>
/// One version of a policy, with the form in which it goes to data planes and the IP sets that it refers to: scanned when
/// the first node needs it, and once for all nodes.
/// </summary>
internal sealed class ScannedPolicy(Policy policy)
{
    private HashSet<IPSetKey>? _sets;

    public Policy Policy => policy;

    public ActivePolicyUpdate Update
    {
        get
        {
            if (field is null)
            {
                _sets = [];
                field = RuleScanner.Scan(policy, _sets);
            }

            return field;
        }
    }

    public IReadOnlyCollection<IPSetKey> Sets
    {
        get
        {
            _ = Update;
            return _sets!;
        }
    }
}
