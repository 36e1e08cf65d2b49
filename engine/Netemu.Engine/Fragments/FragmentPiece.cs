using Netemu.Engine.Frames;

namespace Netemu.Engine.Fragments;

/// <summary>
/// A fragment that waits: <paramref name="Length"/> bytes of payload for <paramref name="Offset"/>, which begin
/// <paramref name="Start"/> bytes into the frame. <paramref name="NextHeader"/> is where IPv6 announced the fragment header.
/// </summary>
internal readonly record struct FragmentPiece(Frame Frame, int Offset, int Length, int Start, int NextHeader = 0)
{
    public int End => Offset + Length;
}
