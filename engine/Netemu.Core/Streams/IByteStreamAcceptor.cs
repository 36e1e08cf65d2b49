namespace Netemu.Core.Streams;

/// <summary>Takes connections from a listening port.</summary>
public interface IByteStreamAcceptor
{
    /// <summary>A connection is established. Returns its handler, or null to have it reset.</summary>
    IByteStreamHandler? Accept(IByteStream stream);
}
