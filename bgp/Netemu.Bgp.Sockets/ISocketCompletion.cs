namespace Netemu.Bgp.Sockets;

/// <summary>Something that a socket has finished; handed to the owner's thread.</summary>
internal interface ISocketCompletion
{
    void Complete();
}
