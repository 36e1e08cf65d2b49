using System.Collections.Generic;
using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Text;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>The words of `ip rule add` and `del` (iprule_modify).</summary>
internal sealed class RuleRequest<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    private uint? _priority;
    private Prefix<TAddress>? _from;
    private Prefix<TAddress>? _to;
    private string? _input;
    private string? _output;
    private uint? _mark;
    private uint _mask = uint.MaxValue;
    private byte? _typeOfService;
    private uint? _table;
    private RouteType? _type;
    private int _suppress = -1;
    private bool _inverted;
    private byte? _ipProtocol;
    private (ushort First, ushort Last)? _sourcePorts;
    private (ushort First, ushort Last)? _destinationPorts;
    private uint? _goto;
    private bool _nop;
    private RouteProtocol? _protocol;

    public void Take(string word, IpContext context)
    {
        IpArguments arguments = context.Arguments;
        switch (word)
        {
            case "not":
                _inverted = true;
                break;
            case "from":
                _from = ReadPrefix(arguments);
                break;
            case "to":
                _to = ReadPrefix(arguments);
                break;
            case { Length: > 0 } when IpArguments.Matches(word, "preference") || IpArguments.Matches(word, "order") || IpArguments.Matches(word, "priority"):
                _priority = arguments.Number("preference value is invalid\n");
                break;
            case { Length: > 0 } when IpArguments.Matches(word, "tos") || IpArguments.Matches(word, "dsfield"):
                _typeOfService = (byte)arguments.Number("TOS value is invalid\n");
                CheckTypeOfService(arguments);
                break;
            case "ipproto":
                string protocol = arguments.Value();
                if (!ProtocolNames.TryParse(protocol, out IPProtocol number) && arguments.Error is null)
                {
                    arguments.Invalid(protocol, "Invalid \"ipproto\" value\n");
                }

                _ipProtocol = (byte)number;
                break;
            case "sport":
                _sourcePorts = ReadPorts(arguments, "sport");
                break;
            case "dport":
                _destinationPorts = ReadPorts(arguments, "dport");
                break;
            case "goto":
                _goto = arguments.Number("invalid target\n");
                break;
            case "nop":
                _nop = true;
                break;
            case { Length: > 0 } when IpArguments.Matches(word, "protocol"):
                string by = arguments.Value();
                if (!RouteNames.TryProtocol(by, out RouteProtocol parsedProtocol))
                {
                    arguments.Invalid(by, "\"protocol\" value is invalid\n");
                }

                _protocol = parsedProtocol;
                break;
            case "fwmark":
                ReadMark(arguments);
                break;
            case "iif" or "dev":
                _input = arguments.Value();
                break;
            case "oif":
                _output = arguments.Value();
                break;
            case "table" or "lookup":
                string table = arguments.Value();
                if (!RouteNames.TryTable(table, out uint id))
                {
                    arguments.Invalid(table, "invalid table ID\n");
                }

                _table = id;
                break;
            case "suppress_prefixlength" or "sup_pl":
                _suppress = (int)arguments.Number("suppress_prefixlength value is invalid\n");
                break;
            default:
                string type = word == "type" ? arguments.Value() : word;
                if (!RouteNames.TryType(type, out RouteType parsed)
                    || parsed is not (RouteType.Unicast or RouteType.Blackhole or RouteType.Unreachable or RouteType.Prohibit))
                {
                    arguments.Fail(255, $"Error: argument \"{type}\" is wrong: Failed to parse rule type{context.Hint("rule add", type)}");
                }

                _type = parsed;
                break;
        }
    }

    /// <summary>The rule to add; without a priority, just before the first rule after that of the local table (fib_default_rule_pref).</summary>
    public RoutingRule<TAddress> ToRule(IReadOnlyList<RoutingRule<TAddress>> present)
    {
        uint following = present.Count > 1 ? present[1].Priority : 0;
        return new RoutingRule<TAddress>(_priority ?? (following > 0 ? following - 1 : 0))
        {
            From = _from,
            To = _to,
            InputDevice = _input,
            OutputDevice = _output,
            Mark = _mark ?? 0,
            MarkMask = _mark is null ? 0 : _mask,
            TypeOfService = _typeOfService,
            IPProtocol = _ipProtocol,
            SourcePorts = _sourcePorts,
            DestinationPorts = _destinationPorts,
            GotoPriority = _goto,
            IsNop = _nop,
            Protocol = _protocol ?? RouteProtocol.Unspecified,
            Table = _goto is not null || _nop ? 0 : _type is null or RouteType.Unicast ? _table ?? RouteTable<TAddress>.MainId : 0,
            Type = _type ?? RouteType.Unicast,
            SuppressPrefixLength = _suppress,
            Inverted = _inverted,
        };
    }

    /// <summary>True for a rule that has everything that was said.</summary>
    public bool Matches(RoutingRule<TAddress> rule) =>
        (_priority is null || rule.Priority == _priority)
        && (_from is null || rule.From == _from)
        && (_to is null || rule.To == _to)
        && (_input is null || rule.InputDevice == _input)
        && (_output is null || rule.OutputDevice == _output)
        && (_mark is null || (rule.Mark == _mark && rule.MarkMask == _mask))
        && (_typeOfService is null || rule.TypeOfService == _typeOfService)
        && (_table is null || rule.Table == _table)
        && (_type is null || rule.Type == _type)
        && (_ipProtocol is null || rule.IPProtocol == _ipProtocol)
        && (_sourcePorts is null || rule.SourcePorts == _sourcePorts)
        && (_destinationPorts is null || rule.DestinationPorts == _destinationPorts)
        && (_goto is null || rule.GotoPriority == _goto)
        && (!_nop || rule.IsNop)
        && (_protocol is null || rule.Protocol == _protocol)
        && (_suppress < 0 || rule.SuppressPrefixLength == _suppress)
        && (!_inverted || rule.Inverted);

    /// <summary>What the kernel refuses (fib_nl2rule, fib4_rule_configure); null if it takes the rule.</summary>
    public CommandResult? Refusal(RoutingRule<TAddress> rule) =>
        rule.GotoPriority is { } target && target <= rule.Priority
            ? RtnetlinkError.Extended("Backward goto not supported.")
            : null;

    private void CheckTypeOfService(IpArguments arguments)
    {
        if (arguments.Error is not null)
        {
            return;
        }

        if ((_typeOfService & 3) != 0)
        {
            arguments.Fail(2, "Error: Invalid dsfield (tos): ECN bits must be 0.");
        }
        else if ((_typeOfService & ~0x1E) != 0)
        {
            // IPTOS_TOS_MASK.
            arguments.Fail(2, "Error: Invalid tos.");
        }
    }

    private static (ushort First, ushort Last)? ReadPorts(IpArguments arguments, string word)
    {
        string text = arguments.Value();
        string[] ends = text.Split('-');
        if (arguments.Error is not null)
        {
            return null;
        }

        if (ends.Length > 2
            || !ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            || !ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last))
        {
            arguments.Invalid(text, word == "sport" ? "invalid port range\n" : "invalid dport range\n");
            return null;
        }

        if (first == 0 || last < first)
        {
            arguments.Fail(2, $"Error: Invalid {word} range.");
        }

        return (first, last);
    }

    private static Prefix<TAddress>? ReadPrefix(IpArguments arguments)
    {
        string text = arguments.Value();
        if (text is "all" or "any" or "default")
        {
            return null;
        }

        if (!Prefix<TAddress>.TryParse(text, out Prefix<TAddress> prefix))
        {
            arguments.Fail(1, $"Error: any valid prefix is expected rather than \"{text}\".");
        }

        return prefix;
    }

    private void ReadMark(IpArguments arguments)
    {
        string text = arguments.Value();
        string[] parts = text.Split('/');
        if (parts.Length > 2 || !TryNumber(parts[0], out uint mark) || !TryNumber(parts.Length > 1 ? parts[1] : "0xffffffff", out _mask))
        {
            arguments.Invalid(text, "fwmark value is invalid\n");
            return;
        }

        _mark = mark;
    }

    private static bool TryNumber(string text, out uint value) =>
        text.StartsWith("0x", System.StringComparison.Ordinal)
            ? uint.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
