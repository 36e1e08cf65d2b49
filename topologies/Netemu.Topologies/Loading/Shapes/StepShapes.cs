using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Core.Time;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Loading.Checking;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The keys of steps: one names the action, the others say when it runs and what must be seen.</summary>
internal static class StepShapes
{
    private static readonly Value<StepTime> At = new ScalarValue<StepTime>(
        "a time such as 500ms, or 'converged'",
        static (string text, out StepTime time) =>
        {
            time = StepTime.Converged;
            if (text == "converged")
            {
                return null;
            }

            QuantityError error = Quantity.TryParseDuration(text, out Duration duration);
            time = new StepTime(false, SimTime.Zero + duration);
            return error switch
            {
                QuantityError.None => null,
                QuantityError.NoUnit => new ScalarFault(LoaderCode.MissingUnit, $"add a unit: {text}s"),
                _ => ScalarFault.Plain,
            };
        },
        static () => Values.Pattern("^(converged|0|[0-9.]+ ?(ns|us|µs|ms|s|sec|m|min|h).*)$", orNumber: true));

    public static ObjectShape<StepSpec> Step { get; } = new("step", "a step", static () => new())
    {
        Completed = Complete,
        ExactlyOneOf =
        [
            "ping", "traceroute", "udp", "tcp", "http", "dns", "send", "connect", "exec", "wait",
            "route", "neigh", "fdb", "bgp", "drops", "counter",
            "link", "impair", "node", "apply", "patch", "delete", "kill",
        ],
        Fields =
        {
            { "name", Values.Text, (s, v) => s.Name = v, "What the step shows." },
            { "at", At, (s, v) => s.At = v, "An absolute time, or converged." },
            { "after", Values.Duration, (s, v) => s.After = v, "Waits so long first." },
            { "within", Values.Duration, (s, v) => s.Within = v, "How long a check may take to become true." },
            { "during", Values.Duration, (s, v) => s.During = v, "How long a probe repeats." },
            { "background", Values.Boolean, (s, v) => s.Background = v, "The next step does not wait." },
            { "frames", Values.List(Values.Device("frames", ReferenceKind.LooseDevice)), (s, v) => s.Frames = v, "Devices to count frames on." },
            { "ping", ProbeShapes.Ping, SetAction, "ICMP echo." },
            { "traceroute", ProbeShapes.Traceroute, SetAction, "Who answers at each TTL." },
            { "udp", ProbeShapes.Udp, SetAction, "UDP datagrams." },
            { "tcp", ProbeShapes.Tcp, SetAction, "A TCP connection attempt." },
            { "http", ProbeShapes.Http, SetAction, "An HTTP request." },
            { "dns", ProbeShapes.Dns, SetAction, "A DNS query." },
            { "send", ProbeShapes.Send, SetAction, "A raw frame." },
            { "connect", ProbeShapes.Connect, SetAction, "A conversation under policy." },
            { "exec", CheckShapes.Exec, SetAction, "A command." },
            { "wait", Values.Duration, static (s, v) => s.Action = new WaitAction { Time = v }, "Lets time pass." },
            { "route", CheckShapes.Route, SetAction, "Check of a routing table." },
            { "neigh", CheckShapes.Neighbour, SetAction, "Check of a neighbour table." },
            { "fdb", CheckShapes.Fdb, SetAction, "Check of a forwarding database." },
            { "bgp", BgpStepShapes.Step, static (s, v) => s.Action = v.ToAction(), "Check or change of a BGP speaker." },
            { "drops", CheckShapes.Drops, SetAction, "Check of dropped frames." },
            { "counter", CheckShapes.Counter, SetAction, "Check of a counter." },
            { "link", ChangeShapes.Link, SetAction, "Change of a link." },
            { "impair", ChangeShapes.Impair, SetAction, "Change of an impairment." },
            { "node", ChangeShapes.Node, SetAction, "A node down or up." },
            { "apply", ChangeShapes.Apply, SetAction, "Create or replace objects." },
            { "patch", ChangeShapes.Patch, SetAction, "Merge into an object." },
            { "delete", ChangeShapes.Delete, SetAction, "Remove objects." },
            { "kill", ChangeShapes.Kill, SetAction, "End a process." },
            { "expect", ExpectationShape.Any, (s, v) => s.Expect = v, "What must be seen." },
            { "by", ExpectationShape.Any, (s, v) => s.ExpectBy = v, "Which tier, policies and rule decided." },
        },
    };

    private static void SetAction<T>(StepSpec step, T action)
        where T : StepAction => step.Action = action;

    private static void Complete(Binder binder, StepSpec step, YamlMapping mapping)
    {
        if (step.Action is ProbeAction probe)
        {
            TakeInline(binder, step, probe, mapping);
        }

        if (step.Action is null)
        {
            return;
        }

        ReportCheck.Run(binder, step, mapping);
        if (step.Action is NeighbourCheck && step.Expect is ExpectedMapping neighbour)
        {
            step.Expect = WithStateAsShown(neighbour);
        }

        List<KeyValuePair<string, ExpectedValue>> further = [.. step.Action.Inline];
        if (step.ExpectBy is { } by)
        {
            further.Add(new("by", by));
        }

        if (further.Count > 0)
        {
            step.Expect = Join(step.Expect, further, mapping);
        }
    }

    /// <summary>The state of a neighbour as <c>ip neigh</c> shows it, however it was written (<c>nud reachable</c>).</summary>
    private static ExpectedMapping WithStateAsShown(ExpectedMapping expected) => new(
        [.. expected.Entries.Select(e => e is { Key: "state", Value: ExpectedScalar state }
            ? new(e.Key, new ExpectedScalar(state.Comparison, state.Operand.ToUpperInvariant(), state.Upper, state.Text, state.Range))
            : e)],
        expected.Range);

    /// <summary>Adds what the action itself says must be seen to <c>expect</c>; a scalar there is the outcome.</summary>
    private static ExpectedMapping Join(
        ExpectedValue? expect, List<KeyValuePair<string, ExpectedValue>> further, YamlMapping mapping)
    {
        List<KeyValuePair<string, ExpectedValue>> entries = expect switch
        {
            ExpectedMapping stated => [.. stated.Entries],
            null => [],
            _ => [new("outcome", expect)],
        };
        entries.AddRange(further);
        return new ExpectedMapping(entries, expect?.Range ?? mapping.Range);
    }

    private static void TakeInline(Binder binder, StepSpec step, ProbeAction probe, YamlMapping mapping)
    {
        Reject(binder, mapping, "background", probe.InlineBackground is not null);
        Reject(binder, mapping, "during", probe.InlineDuring is not null);
        Reject(binder, mapping, "frames", probe.InlineFrames is not null);
        step.Background |= probe.InlineBackground ?? false;
        step.During ??= probe.InlineDuring;
        step.Frames = probe.InlineFrames ?? step.Frames;
    }

    private static void Reject(Binder binder, YamlMapping mapping, string key, bool inside)
    {
        if (inside && mapping.TryGetEntry(key, out YamlEntry outside))
        {
            binder.Error(LoaderCode.MisplacedKey, $"'{key}' stands inside the probe and beside it", outside.Key.Range);
        }
    }
}
