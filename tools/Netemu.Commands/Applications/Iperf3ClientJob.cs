using Netemu.Core.Addresses;
using Netemu.Engine.Processes;
using Netemu.Engine.Programs.Dns;
using Netemu.Engine.Programs.Iperf3;

namespace Netemu.Commands.Applications;

/// <summary>A running iperf3 -c.</summary>
internal sealed class Iperf3ClientJob(Iperf3Settings settings, bool json, AddressFamily? family) : ProgramJob
{
    public override async ProcessTask<int> RunAsync(Process process)
    {
        InternetAddress address = await StubResolver.ResolveAsync(process, settings.Host, family);
        if (address.IsNone)
        {
            return Fail("unable to connect to server: Name or service not known");
        }

        Iperf3Settings resolved = settings with { Server = address };
        Iperf3Text? text = json ? null : new Iperf3Text(Output.Out, resolved);
        Iperf3Client client = new(resolved, text);
        int exit = await client.RunAsync(process);
        if (client.Failure is { } failure)
        {
            return Fail(failure);
        }

        if (json)
        {
            Output.Out.Append(Iperf3Json.Write(client, resolved));
        }
        else
        {
            Output.Out.Append("\niperf Done.\n");
        }

        return exit;
    }

    private int Fail(string message)
    {
        if (json)
        {
            Output.Out.Append(Iperf3Json.WriteError(message));
        }
        else
        {
            Output.ErrorLine($"iperf3: error - {message}");
        }

        return 1;
    }
}
