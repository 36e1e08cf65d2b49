namespace Netemu.Calico.Selectors;

/// <summary>Hears of each match that a <see cref="LabelIndex{TItem}"/> finds or loses.</summary>
public interface ILabelIndexListener<TItem>
{
    void OnMatchStarted(Selector selector, TItem item);

    void OnMatchStopped(Selector selector, TItem item);
}
