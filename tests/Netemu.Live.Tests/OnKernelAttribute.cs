using System;
using System.Collections.Generic;
using System.Reflection;
using Netemu.Testing;
using Xunit.Sdk;

namespace Netemu.Live.Tests;

/// <summary>Runs a scenario on the kernel's namespaces; skipped where there is no Linux, no root or no iproute2.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnKernelAttribute : DataAttribute
{
    public OnKernelAttribute() => Skip = ReasonToSkip();

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[NetworkKind.Kernel]];

    private static string? ReasonToSkip()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "the kernel's namespaces need Linux";
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return "the kernel's namespaces need root";
        }

        return ExternalTool.Find("ip") is null || ExternalTool.Find("bridge") is null ? "not installed: iproute2" : null;
    }
}
