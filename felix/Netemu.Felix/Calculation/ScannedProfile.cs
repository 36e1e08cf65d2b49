using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Calculation;

/// <summary>One version of a profile, as <see cref="ScannedPolicy"/> is of a policy.</summary>
internal sealed class ScannedProfile(string name, Profile? profile)
{
    private HashSet<IPSetKey>? _sets;

    public ActiveProfileUpdate Update
    {
        get
        {
            if (field is null)
            {
                _sets = [];
                field = RuleScanner.Scan(name, profile ?? new Profile(new ObjectMetadata(name)), _sets);
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
