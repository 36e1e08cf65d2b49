namespace Netemu.Felix.Messages;

/// <summary>Takes the messages in order: the data plane's managers, or a recorder in a test.</summary>
public interface IDataplaneMessageSink
{
    void OnMessage(DataplaneMessage message);
}
