using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Bgp.Damping;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Show;

/// <summary>"show bgp dampening ...": routes that flap, and the parameters.</summary>
internal static class ShowDampening
{
    public static string Text(BgpSpeaker speaker, AddressFamily family, string which)
    {
        if (speaker.Configuration.Damping is not FlapDamping damping)
        {
            return $"dampening not enabled for {ShowWords.FamilyName(family)}\n";
        }

        StringBuilder text = new();
        if (which == "parameters")
        {
            text.Append(CultureInfo.InvariantCulture, $"Half-life time: {damping.HalfLife.Milliseconds / 60_000} min\n");
            text.Append(CultureInfo.InvariantCulture, $"Reuse penalty: {damping.ReuseThreshold}\n");
            text.Append(CultureInfo.InvariantCulture, $"Suppress penalty: {damping.SuppressThreshold}\n");
            text.Append(CultureInfo.InvariantCulture, $"Max suppress time: {damping.MaximumSuppress.Milliseconds / 60_000} min\n");
            return text.ToString();
        }

        foreach (DampedRoute route in speaker.DampedRoutes
            .Where(route => route.Prefix.Family == family && (which == "flap-statistics" || route.IsSuppressed)))
        {
            text.Append(text.Length == 0 ? "   Network          From              Reuse      Penalty  Flaps\n" : "");
            long seconds = route.ReuseIn.Milliseconds / 1000;
            string reuse = string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:d2}:{seconds / 60 % 60:d2}:{seconds % 60:d2}");
            text.Append(CultureInfo.InvariantCulture,
                $"*{(route.IsSuppressed ? 'd' : ' ')} {route.Prefix,-16} {route.Peer,-17} {reuse,-10} {route.Penalty,-8} {route.Flaps}\n");
        }

        return text.ToString();
    }
}
