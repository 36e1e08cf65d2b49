namespace Netemu.Felix.Rendering;

/// <summary>
/// What has been made once of a value that never changes, for the next one that needs it. It takes no part in the
/// equality of the value that holds it.
/// </summary>
internal sealed class Memo<T>
    where T : class
{
    public T? Value { get; set; }

    public override bool Equals(object? obj) => obj is Memo<T>;

    public override int GetHashCode() => 0;
}
