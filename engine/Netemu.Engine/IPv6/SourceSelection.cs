using System;
using System.Numerics;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Routing;

namespace Netemu.Engine.IPv6;

/// <summary>
/// Which own address a packet gets (RFC 6724 section 5, as ipv6_dev_get_saddr does it): rules are asked in order, the
/// first one that tells two candidates apart decides. Temporary and home addresses do not exist here.
/// </summary>
internal static class SourceSelection
{
    /// <summary>The best address towards <paramref name="destination"/> out of a device; unspecified if there is none.</summary>
    public static IPv6Address Select(IPv6Stack stack, NetDevice? device, IPv6Address destination)
    {
        DeviceAddress<IPv6Address>? best = null;
        bool deviceOnly = destination.IsMulticast || destination.IsLinkLocal
            || (device is not null && stack.Namespace.SettingsOf(device).UseOutputAddressesOnly);
        foreach (DeviceAddress<IPv6Address> candidate in stack.Addresses)
        {
            bool own = ReferenceEquals(candidate.Device, device);
            if (candidate.IsTentative || (deviceOnly && device is not null && !own) || !candidate.Device.IsUp)
            {
                continue;
            }

            if (best is null || IsBetter(candidate, best, device, destination))
            {
                best = candidate;
            }
        }

        return best?.Address ?? default;
    }

    /// <summary>The scope of an address as multicast scopes count (RFC 6724 section 3.1).</summary>
    internal static int ScopeOf(IPv6Address address) =>
        address.IsMulticast ? address.MulticastScope
        : address.IsLoopback || address.IsLinkLocal ? 2
        : address.High >> 54 == 0x3FB ? 5
        : 14;

    private static bool IsBetter(
        DeviceAddress<IPv6Address> candidate, DeviceAddress<IPv6Address> best, NetDevice? device, IPv6Address destination)
    {
        // Rule 1: the destination itself.
        int difference = Compare(candidate.Address == destination, best.Address == destination);
        if (difference != 0)
        {
            return difference > 0;
        }

        // Rule 2: the smallest scope that reaches the destination.
        difference = CompareScopes(ScopeOf(candidate.Address), ScopeOf(best.Address), ScopeOf(destination));
        if (difference != 0)
        {
            return difference > 0;
        }

        // Rule 3: not a deprecated one.
        difference = Compare(!candidate.IsDeprecated, !best.IsDeprecated);
        if (difference != 0)
        {
            return difference > 0;
        }

        // Rule 5: of the device that the packet leaves by.
        difference = Compare(ReferenceEquals(candidate.Device, device), ReferenceEquals(best.Device, device));
        if (difference != 0)
        {
            return difference > 0;
        }

        // Rule 6: of the destination's label.
        int label = AddressLabel.Of(destination);
        difference = Compare(AddressLabel.Of(candidate.Address) == label, AddressLabel.Of(best.Address) == label);
        if (difference != 0)
        {
            return difference > 0;
        }

        // Rule 8: the longest common prefix, but no longer than the address' own. Of equals the first stays.
        return CommonBits(candidate, destination) > CommonBits(best, destination);
    }

    private static int Compare(bool left, bool right) => (left ? 1 : 0) - (right ? 1 : 0);

    private static int CompareScopes(int left, int right, int wanted)
    {
        if (left == right)
        {
            return 0;
        }

        return left < right
            ? (left < wanted ? -1 : 1)
            : (right < wanted ? 1 : -1);
    }

    private static int CommonBits(DeviceAddress<IPv6Address> address, IPv6Address destination)
    {
        int high = BitOperations.LeadingZeroCount(address.Address.High ^ destination.High);
        int common = high < 64 ? high : 64 + BitOperations.LeadingZeroCount(address.Address.Low ^ destination.Low);
        return Math.Min(common, address.InterfaceAddress.Length);
    }
}
