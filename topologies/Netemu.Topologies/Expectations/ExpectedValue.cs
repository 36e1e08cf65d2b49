using Netemu.Core.Diagnostics;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Expectations;

/// <summary>What an observed value must be: a scalar, a mapping whose keys must hold, or a sequence.</summary>
public abstract class ExpectedValue : Spec
{
    private protected ExpectedValue(SourceRange range)
    {
        Range = range;
    }
}
