using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Routing;

namespace Netemu.Engine.IPv6;

/// <summary>
/// Duplicate address detection (RFC 4862 section 5.4): after a random delay of up to a second the address is asked for;
/// whoever has it, or tries it at the same time, makes it fail. One second of silence makes it good.
/// </summary>
public sealed partial class IPv6Stack
{
    private RandomSource? _detectionRandom;

    private RandomSource DetectionRandom => _detectionRandom ??= Namespace.Node.Random($"{Namespace.Name}/dad");

    internal void TimerFired(DeviceAddress<IPv6Address> address, AddressTimer timer)
    {
        if (!timer.IsDetecting)
        {
            LifetimeOver(address);
            return;
        }

        if (timer.Probes == 0)
        {
            EndDetection(timer);
            Complete(address);
            return;
        }

        timer.Probes--;
        Ndp.SendProbe(address.Device, address.Address, timer.Nonce);
        Namespace.Node.Schedule(timer, Namespace.Node.Now + address.Device.IPv6!.RetransmitTime);
    }

    /// <summary>Somebody else uses or tries a tentative address (addrconf_dad_failure).</summary>
    internal void DetectionFailed(DeviceAddress<IPv6Address> address)
    {
        StopDetection(address);
        NetDevice device = address.Device;
        bool switchOff = Namespace.SettingsOf(device).AcceptDad > 1 && address.Address == IPv6Address.LinkLocal(device.InterfaceIdentifier);
        if (address.ValidUntil < SimTime.Never)
        {
            RemoveOne(address);
        }
        else
        {
            address.IsDadFailed = true;
            Namespace.Node.Hash.AddNumber(address.Address.Low);
        }

        if (switchOff)
        {
            Namespace.WritableSettingsOf(device).DisableIPv6 = true;
            DeviceStateChanged(device);
        }
    }

    /// <summary>True if a solicitation with this nonce is the address' own, come back by a loop of the link.</summary>
    internal static bool IsOwnProbe(DeviceAddress<IPv6Address> address, ulong nonce) =>
        nonce != 0 && address.Timer is AddressTimer { IsDetecting: true } timer && timer.Nonce == nonce;

    private void StartDetection(DeviceAddress<IPv6Address> address)
    {
        NetDevice device = address.Device;
        int accept = System.Math.Max((int)Namespace.Settings.All.AcceptDad, Namespace.SettingsOf(device).AcceptDad);
        if (device.IsLoopback || device.IsNoArp || !device.UsesNeighbours || address.NoDad || accept < 1)
        {
            Complete(address);
            return;
        }

        // Without carrier nobody could object: the address waits (IF_READY).
        if (device.IPv6 is not { IsReady: true } own || address.Timer is AddressTimer { IsDetecting: true })
        {
            return;
        }

        AddressTimer timer = new(this, address)
        {
            IsDetecting = true,
            Probes = own.Settings.DadTransmits,
            Nonce = own.Settings.EnhancedDad ? DetectionRandom.NextUInt64() >> 16 : 0,
        };
        address.Timer = timer;
        Pending++;
        long most = System.Math.Max(1, own.Settings.RouterSolicitationDelay * 1_000_000_000L);
        Namespace.Node.Schedule(timer, Namespace.Node.Now + new Duration(DetectionRandom.NextBelow(most)));
    }

    private void StopDetection(DeviceAddress<IPv6Address> address)
    {
        if (address.Timer is not AddressTimer timer)
        {
            return;
        }

        Namespace.Node.Cancel(timer);
        if (timer.IsDetecting)
        {
            EndDetection(timer);
        }

        address.Timer = null;
    }

    private void EndDetection(AddressTimer timer)
    {
        timer.IsDetecting = false;
        Pending--;
        Namespace.NoteNeighbourChange();
    }
}
