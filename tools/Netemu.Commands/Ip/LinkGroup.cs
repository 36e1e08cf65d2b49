using System.Globalization;

namespace Netemu.Commands.Ip;

/// <summary>The groups of devices as iproute2 names them (lib/rt_names.c, /etc/iproute2/group): 0 is "default", the others are numbers.</summary>
internal static class LinkGroup
{
    public static string Name(uint group) => group == 0 ? "default" : group.ToString(CultureInfo.InvariantCulture);

    /// <summary>Takes the name or number of a group.</summary>
    public static uint Take(IpArguments arguments)
    {
        string text = arguments.Value();
        bool isHex = text.StartsWith("0x", System.StringComparison.Ordinal);
        uint group = 0;
        if (text != "default" && arguments.Error is null && !uint.TryParse(
            isHex ? text[2..] : text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out group))
        {
            arguments.Invalid(text, "Invalid \"group\" value\n");
        }

        return group;
    }
}
