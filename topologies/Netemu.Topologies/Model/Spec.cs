using Netemu.Core.Diagnostics;

namespace Netemu.Topologies.Model;

/// <summary>A part of a topology file. The loader alone sets its properties; everybody else reads them.</summary>
public abstract class Spec
{
    /// <summary>Where the part stands in its file.</summary>
    public SourceRange Range { get; internal set; }
}
