namespace Netemu.Live.Tests;

/// <summary>Who runs a scenario.</summary>
public enum NetworkKind
{
    /// <summary>This project's engine, in virtual time.</summary>
    Engine,

    /// <summary>The Linux kernel's own namespaces, in real time.</summary>
    Kernel,
}
