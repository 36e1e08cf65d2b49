using Netemu.Commands.Shell;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Ip;

/// <summary>One call of an object of `ip`.</summary>
internal sealed record IpContext(CommandInvocation Invocation, IpOptions Options, CommandGrammar Grammar, IpArguments Arguments)
{
    public NetworkNamespace Namespace => Invocation.Namespace;

    /// <summary>The hint for a word that is no keyword of a verb.</summary>
    public string Hint(string context, string word) => Grammar.Hint(context, word);
}
