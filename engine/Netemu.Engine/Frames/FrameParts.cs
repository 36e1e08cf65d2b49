namespace Netemu.Engine.Frames;

/// <summary>
/// The frames of a super-segment one by one, each parted from those behind it before it is given: whoever gets one owns it and
/// may end it.
/// </summary>
internal ref struct FrameParts(Frame head)
{
    private Frame? _next = head;

    public Frame Current { readonly get; private set; } = head;

    public readonly FrameParts GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_next is null)
        {
            return false;
        }

        Current = _next;
        _next = Current.Following;
        Current.Following = null;
        return true;
    }
}
