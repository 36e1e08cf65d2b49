using System;

namespace Netemu.Calico.Resources;

/// <summary>The directions that a policy speaks about, from the endpoint's view.</summary>
[Flags]
public enum PolicyDirection : byte
{
    None = 0,
    Ingress = 1,
    Egress = 2,
}
