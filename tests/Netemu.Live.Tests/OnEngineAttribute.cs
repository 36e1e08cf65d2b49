using System;
using System.Collections.Generic;
using System.Reflection;
using Xunit.Sdk;

namespace Netemu.Live.Tests;

/// <summary>Runs a scenario on the engine.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnEngineAttribute : DataAttribute
{
    /// <summary>A known difference from the kernel: the scenario is skipped with it as the reason.</summary>
    public string? Differs
    {
        get => Skip;
        set => Skip = value;
    }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[NetworkKind.Engine]];
}
