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

    public CommandJob Run(IpContext context, string verb) => verb switch
    {
        "add" => CommandJob.Completed(Add(context)),
        "delete" => CommandJob.Completed(Delete(context)),
        "exec" => Execute(context),
        _ => CommandJob.Completed(Show(context)),
    };

    private static CommandResult Show(IpContext context)
    {
        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();

        // A directory of files in memory lists the newest first.
        foreach (NetworkNamespace space in context.Namespace.Node.Namespaces.Where(n => n.Name.Length > 0).Reverse())
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
        if (name.Contains('/', System.StringComparison.Ordinal) || name is "." or "..")
        {
            return CommandResult.Failure(255, $"Invalid netns name \"{name}\"");
        }

        if (node.FindNamespace(name) is not null)
        {
            return CommandResult.Failure(1, $"Cannot create namespace file \"/run/netns/{name}\": File exists");
        }

        node.AddNamespace(name);
        return CommandResult.Success;
    }

    private static CommandResult Delete(IpContext context)
    {
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
