namespace Netemu.Calico.Store;

/// <summary>What happened to a key.</summary>
public enum StoreEventType : byte
{
    Put,
    Delete,
}
