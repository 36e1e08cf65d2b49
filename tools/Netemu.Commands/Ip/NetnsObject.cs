using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;

namespace Netemu.Commands.Ip;

/// <summary>ip netns (ip/ipnetns.c): the node's network namespaces by name.</summary>
internal sealed class NetnsObject : IIpObject
{
    public string Name => "netns";

    public string HelpName => "netns";

    public CommandJob Run(IpContext context, string verb)
    {
        string first = context.Arguments.AtEnd ? string.Empty : context.Arguments.Peek;
        if (!context.Options.All && (first.Contains('/', System.StringComparison.Ordinal) || first is "." or ".."))
        {
            return CommandJob.Completed(CommandResult.Failure(255, $"Invalid netns name \"{first}\""));
        }

        return verb switch
        {
            "exec" => Execute(context),
            _ => CommandJob.Completed(verb switch
            {
                "add" => Add(context),
                "delete" => Delete(context),
                "identify" => Identify(context),
                "pids" => ListProcesses(context),
                "list-id" => ListIds(context),
                _ => Show(context),
            }),
        };
    }

    /// <summary>The named namespaces: a directory of files in memory lists the newest first.</summary>
    private static IEnumerable<NetworkNamespace> Named(IpContext context) => context.Namespace.Node.Namespaces.Where(n => n.Name.Length > 0).Reverse();

    /// <summary>The name of the namespace of a process, or of the command itself; an empty line for one without a name.</summary>
    private static CommandResult Identify(IpContext context)
    {
        if (context.Arguments.AtEnd)
        {
            return CommandResult.Output($"{context.Namespace.Name}\n");
        }

        string word = context.Arguments.Take();
        if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
        {
            return CommandResult.Failure(1, $"Specified string '{word}' is not a pid");
        }

        return context.Namespace.Node.Processes.Running.FirstOrDefault(p => p.Id == pid) is { } process
            ? CommandResult.Output($"{process.Namespace.Name}\n")
            : CommandResult.Failure(1, "Cannot open network namespace: No such file or directory");
    }

    private static CommandResult ListProcesses(IpContext context)
    {
        if (context.Arguments.AtEnd)
        {
            return CommandResult.Failure(1, "No netns name specified");
        }

        Node node = context.Namespace.Node;
        string name = context.Arguments.Take();
        return name.Length > 0 && node.FindNamespace(name) is { } space
            ? CommandResult.Output(string.Concat(
                node.Processes.Running.Where(p => ReferenceEquals(p.Namespace, space)).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Id}\n"))))
            : CommandResult.Failure(1, "Cannot open network namespace: No such file or directory");
    }

    /// <summary>The numbers by which this namespace knows others.</summary>
    private static CommandResult ListIds(IpContext context)
    {
        int? wanted = null;
        while (!context.Arguments.AtEnd)
        {
            string word = context.Arguments.Take();
            if (word != "nsid")
            {
                return CommandResult.Failure(255, $"Usage: ip netns list-id [nsid POSITIVE-INT]{context.Hint("netns list-id", word)}");
            }

            wanted = (int)context.Arguments.Number("\"nsid\" value is invalid");
            if (context.Arguments.Error is { } error)
            {
                return error;
            }
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        bool found = false;
        foreach ((int id, NetworkNamespace space) in context.Namespace.Node.Emulation.Nodes.SelectMany(n => n.Namespaces)
            .Select(s => (LinkText.NamespaceId(context.Namespace, s), s)).Where(p => p.Item1 >= 0 && (wanted ?? p.Item1) == p.Item1).OrderBy(p => p.Item1))
        {
            found = true;
            printer.OpenObject();
            printer.Any("nsid", id, $"nsid {id.ToString(CultureInfo.InvariantCulture)}");

            // Another machine's namespace has no name here.
            if (space.Name.Length > 0 && ReferenceEquals(space.Node, context.Namespace.Node))
            {
                printer.Any("name", space.Name, $" (iproute2 netns name: {space.Name})");
            }

            printer.Text("\n");
            printer.CloseObject();
        }

        printer.CloseArray();
        return wanted is not null && !found
            ? RtnetlinkError.Extended("Peer netns reference is invalid.")
            : CommandResult.Output(printer.Finish());
    }

    private static CommandResult Show(IpContext context)
    {
        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        foreach (NetworkNamespace space in Named(context))
        {
            int id = LinkText.NamespaceId(context.Namespace, space);
            printer.OpenObject();
            printer.Any("name", space.Name, space.Name);
            if (id >= 0)
            {
                printer.Any("id", id, $" (id: {id})");
            }

            printer.Text("\n");
            printer.CloseObject();
        }

        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    private static CommandResult Add(IpContext context)
    {
        if (context.Arguments.AtEnd)
        {
            return CommandResult.Failure(1, "No netns name specified");
        }

        Node node = context.Namespace.Node;
        string name = context.Arguments.Take();
        if (node.FindNamespace(name) is not null)
        {
            return CommandResult.Failure(1, $"Cannot create namespace file \"/run/netns/{name}\": File exists");
        }

        node.AddNamespace(name);
        return CommandResult.Success;
    }

    private static CommandResult Delete(IpContext context)
    {
        if (context.Options.All)
        {
            foreach (NetworkNamespace each in Named(context).ToArray())
            {
                each.Node.RemoveNamespace(each);
            }

            return CommandResult.Success;
        }

        if (context.Arguments.AtEnd)
        {
            return CommandResult.Failure(1, "No netns name specified");
        }

        Node node = context.Namespace.Node;
        string name = context.Arguments.Take();
        if (name.Length == 0 || node.FindNamespace(name) is not { } space)
        {
            return CommandResult.Failure(1, $"Cannot remove namespace file \"/run/netns/{name}\": No such file or directory");
        }

        node.RemoveNamespace(space);
        return CommandResult.Success;
    }

    private static CommandJob Execute(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        if (context.Options.All)
        {
            NetnsEachJob each = new(context.Invocation.Executor, [.. Named(context)], arguments.Rest());
            if (arguments.AtEnd)
            {
                return CommandJob.Completed(CommandResult.Failure(1, "No command specified"));
            }

            each.Run();
            return each;
        }

        if (arguments.AtEnd)
        {
            return CommandJob.Completed(CommandResult.Failure(1, "No netns name specified"));
        }

        string name = arguments.Take();
        if (arguments.AtEnd)
        {
            return CommandJob.Completed(CommandResult.Failure(1, "No command specified"));
        }

        if (name.Length == 0 || context.Namespace.Node.FindNamespace(name) is not { } space)
        {
            return CommandJob.Completed(CommandResult.Failure(255, $"Cannot open network namespace \"{name}\": No such file or directory"));
        }

        CommandExecutor executor = context.Invocation.Executor;
        string command = arguments.Peek;
        return executor.Registry.Find(command) is null
            ? CommandJob.Completed(CommandResult.Failure(
                1, $"exec of \"{command}\" failed: No such file or directory{Spelling.Hint(command, executor.Registry.Names)}"))
            : executor.Start(space, arguments.Rest());
    }
}
