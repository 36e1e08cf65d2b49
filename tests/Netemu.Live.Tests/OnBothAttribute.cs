using System;

namespace Netemu.Live.Tests;

/// <summary>A test that needs the kernel to compare with; skipped as <see cref="OnKernelAttribute"/> is.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnBothAttribute : FactAttribute
{
    public OnBothAttribute() => Skip = new OnKernelAttribute().Skip;
}
