using Netemu.Engine.Devices;

namespace Netemu.Engine.Namespaces;

/// <summary>Which settings a per-device sysctl means: those of a device, or "all" or "default".</summary>
public readonly record struct SysctlTarget(string Name, NetDevice? Device)
{
    public bool IsAll => Device is null && Name == "all";

    public bool IsDefault => Device is null && Name == "default";

    /// <summary>The settings to read.</summary>
    internal InterfaceSettings Settings(NetworkNamespace space) =>
        Device is not null ? space.SettingsOf(Device) : IsAll ? space.Settings.All : space.Settings.Default;

    /// <summary>The settings to change. Devices that had the defaults keep what they had.</summary>
    internal InterfaceSettings WritableSettings(NetworkNamespace space)
    {
        if (Device is not null)
        {
            return space.WritableSettingsOf(Device);
        }

        if (IsAll)
        {
            return space.WritableSettings.All;
        }

        // "default" is for devices to come: those that are there get their own copy of the present values first.
        foreach (NetDevice device in space.Devices)
        {
            space.WritableSettingsOf(device);
        }

        return space.WritableSettings.Default;
    }
}
