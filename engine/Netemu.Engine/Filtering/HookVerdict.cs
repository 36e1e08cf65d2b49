namespace Netemu.Engine.Filtering;

/// <summary>What a hook decided. Drop and Stolen mean that the frame is gone: the hook has ended or kept it.</summary>
public enum HookVerdict : byte
{
    Accept,
    Stolen,
}
