using System.Collections.Immutable;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Engine.Namespaces;
using Netemu.Topologies.Cluster;
using Netemu.Topologies.Model;

namespace Netemu.Cli.ClusterCommands;

/// <summary>kubectl get, describe, apply, delete, patch, label, annotate, scale and exec, against the emulated cluster.</summary>
internal sealed class KubectlCommand(ClusterExtension cluster) : ICommand
{
    private readonly ObjectVerbs _verbs = new(cluster);

    public ImmutableArray<string> Names { get; } = ["kubectl"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(
        """
        : get describe apply create replace delete patch label annotate scale exec
        get: -n=NAMESPACE --namespace=NAMESPACE -A --all-namespaces -o=FORMAT --output=FORMAT -l=LABELS --selector=LABELS --show-labels --no-headers
        describe: -n=NAMESPACE --namespace=NAMESPACE
        apply: -f=FILE --filename=FILE -n=NAMESPACE
        create: -f=FILE --filename=FILE
        replace: -f=FILE --filename=FILE
        delete: -f=FILE --filename=FILE -n=NAMESPACE --namespace=NAMESPACE
        patch: -p=PATCH --patch=PATCH --type=TYPE -n=NAMESPACE
        label: --overwrite -n=NAMESPACE
        annotate: --overwrite -n=NAMESPACE
        scale: --replicas=COUNT -n=NAMESPACE
        exec: -n=NAMESPACE --namespace=NAMESPACE -it -i -t
        """);

    public CommandJob Start(CommandInvocation invocation)
    {
        ObjectRequest request = ObjectRequest.Parse(invocation.Arguments, isCalico: false);
        string verb = request.Words.Count > 0 ? request.Words[0] : string.Empty;
        if (request.Fault is { } fault)
        {
            return CommandJob.Completed(CommandResult.Failure(1, $"error: {fault}{Grammar.Hint(verb, fault.Split(' ')[^1])}"));
        }

        return verb == "exec" ? Exec(invocation, request) : CommandJob.Completed(verb switch
        {
            "get" => _verbs.Get(request),
            "describe" => _verbs.Describe(request),
            "apply" or "create" or "replace" => _verbs.Apply(request, invocation.Input, "applied"),
            "delete" => _verbs.Delete(request, invocation.Input),
            "patch" => _verbs.Patch(request),
            "label" => _verbs.Label(request, "labels", "labeled"),
            "annotate" => _verbs.Label(request, "annotations", "annotated"),
            "scale" => _verbs.Scale(request),
            _ => CommandResult.Failure(1, $"error: unknown command \"{verb}\" for \"kubectl\"{Grammar.Hint(string.Empty, verb)}"),
        });
    }

    /// <summary>Runs the command in the Pod's namespace, on whatever node that is.</summary>
    private CommandJob Exec(CommandInvocation invocation, ObjectRequest request)
    {
        string name = request.Words.Count > 1 ? request.Words[1].Split('/').Last() : string.Empty;
        ImmutableArray<string> command = request.Command.IsEmpty ? [.. request.Words.Skip(2)] : request.Command;
        NetworkNamespace? space = cluster.FindNamespace(new PodEndpoint(request.Namespace, name));
        if (space is null)
        {
            return CommandJob.Completed(CommandResult.Failure(1, $"Error from server (NotFound): pods \"{name}\" not found"));
        }

        return command.IsEmpty
            ? CommandJob.Completed(CommandResult.Failure(1, "error: you must specify at least one command for the container"))
            : invocation.Executor.Start(space, command);
    }
}
