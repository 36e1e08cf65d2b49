using Netemu.Commands.Shell;

namespace Netemu.Commands.Ip;

/// <summary>An object of `ip`: link, address, route and so on.</summary>
internal interface IIpObject
{
    /// <summary>The name in the grammar.</summary>
    string Name { get; }

    /// <summary>The name in "try ip ... help".</summary>
    string HelpName { get; }

    /// <summary>Runs a verb, given in full.</summary>
    CommandJob Run(IpContext context, string verb);
}
