using System.Linq;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Processes;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Sockets;

/// <summary>What an administrator does to other processes' sockets (net/core/sock_diag.c).</summary>
public static class SocketDiagnosis
{
    /// <summary>
    /// SOCK_DESTROY: ends a TCP connection or listener, disconnects a UDP or raw socket, and tells its owner. ENOENT if there is nothing
    /// left to end, EOPNOTSUPP for what is no such socket.
    /// </summary>
    public static Errno Destroy(NetworkNamespace space, object socket)
    {
        switch (socket)
        {
            case TcpConnection connection:
                return connection.Kill() ? Errno.None : Errno.ENOENT;

            case TcpListener listener:
                StreamListener? held = space.Node.Processes.OwnerOf(listener)?.Sockets.Select(s => s.Value).OfType<StreamListener>()
                    .FirstOrDefault(s => ReferenceEquals(s.Listener, listener));
                if (held is not null)
                {
                    held.Kill();
                }
                else
                {
                    listener.Close();
                }

                return Errno.None;

            case UdpSocket datagrams:
                datagrams.Kill();
                return Errno.None;

            case RawSocket raw:
                raw.Kill();
                return Errno.None;

            default:
                return Errno.EOPNOTSUPP;
        }
    }
}
