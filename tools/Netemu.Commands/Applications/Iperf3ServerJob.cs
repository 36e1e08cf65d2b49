using Netemu.Core.Addresses;
using Netemu.Engine.Processes;
using Netemu.Engine.Programs.Iperf3;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Applications;

/// <summary>A running iperf3 -s: until it is interrupted, or after one test (-1).</summary>
internal sealed class Iperf3ServerJob(InternetAddress bind, ushort port, bool oneOff) : ProgramJob
{
    public override async ProcessTask<int> RunAsync(Process process)
    {
        Iperf3Server server = new(bind, port) { IsOneOff = oneOff, Observer = new Iperf3Text(Output.Out, settings: null) };
        int exit = await server.RunAsync(process);
        if (server.Error != Errno.None)
        {
            Output.ErrorLine($"iperf3: error - unable to start listener for connections: {SocketErrors.Describe(server.Error)}\niperf3: exiting");
        }

        return exit;
    }

    protected override void Interrupted() => Output.ErrorLine("iperf3: interrupt - the server has terminated");
}
