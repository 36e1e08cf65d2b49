namespace Netemu.Topologies.Loading.Binding;

/// <summary>Whether a key must stand.</summary>
internal enum Presence : byte
{
    Optional,
    Required,
}
