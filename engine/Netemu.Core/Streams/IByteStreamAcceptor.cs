using Netemu.Core.Addresses;

namespace Netemu.Core.Streams;

/// <summary>Takes connections from a listening port.</summary>
public interface IByteStreamAcceptor
{
    /// <summary>A connection is established. Returns its handler, or null to have it reset.</summary>
    IByteStreamHandler? Accept(IByteStream stream);

    /// <summary>Reads what a connection from an address will need, as <see cref="IByteStreamHandler.Touch"/> does.</summary>
    int Touch(InternetAddress remote) => 0;

    /// <summary>
    /// All that has come for this node at this instant has been told: what waits for the end of the instant can be done now,
    /// while its tables are in the cache. A transport that can't know never calls it.
    /// </summary>
    void AfterArrivals()
    {
    }
}
