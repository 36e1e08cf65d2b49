using Netemu.Engine.Netfilter;

namespace Netemu.Engine.Filtering;

/// <summary>
/// A hook that can say what it does to packets of established connections, if it does the same to each of them: let it pass,
/// and count it.
/// </summary>
internal interface IUniformHook : IPacketHook
{
    /// <summary>
    /// Adds to <paramref name="path"/> what it does at that point; false if it has to look at every packet. Holds until a
    /// table is replaced.
    /// </summary>
    bool TryFollow(HookPoint point, EstablishedPath path);
}
