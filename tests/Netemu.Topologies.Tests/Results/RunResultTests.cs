using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Netemu.Core.Diagnostics;
using Netemu.Core.Time;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Results;

namespace Netemu.Topologies.Tests.Results;

/// <summary>A result as programs and people read it.</summary>
public sealed class RunResultTests
{
    private const string Json =
        """
        {
          "schema": "netemu/v1",
          "kind": "RunResult",
          "name": "two-subnets",
          "seed": 7,
          "hash": "9f3c1a2b00112233",
          "virtualTime": 60,
          "wallTime": 0.21,
          "converged": true,
          "convergedAt": 3.412000001,
          "nodes": 4,
          "namespaces": 6,
          "frames": {
            "sent": 10,
            "delivered": 7,
            "queued": 1,
            "dropped": {
              "LinkDown": 1,
              "NoRoute": 1
            }
          },
          "bgp": {
            "sessions": 3,
            "established": 2,
            "updatesSent": 4,
            "updatesReceived": 5,
            "routes": 6
          },
          "expectations": [
            {
              "index": 0,
              "file": "lab.yaml",
              "line": 12,
              "text": "ping h1 -> docker/c1: {received: 3}",
              "passed": true,
              "observed": {
                "received": 3
              }
            },
            {
              "index": 1,
              "file": "lab.yaml",
              "line": 14,
              "text": "tcp: refused",
              "passed": false,
              "observed": "timeout"
            }
          ],
          "steps": [
            {
              "index": 0,
              "line": 12,
              "kind": "ping",
              "start": 0.5,
              "end": 0.7120005,
              "outcome": {
                "outcome": "reply",
                "errno": null,
                "loss": 0.1,
                "answers": [
                  {
                    "from": "172.17.0.2",
                    "ttl": 63,
                    "time": 0.0121,
                    "first": true
                  }
                ]
              },
              "frames": [
                {
                  "device": "r1:eth1",
                  "direction": "in",
                  "count": 3,
                  "line": "10.1.0.2 > 172.17.0.2: ICMP echo request",
                  "hex": "ffff"
                }
              ]
            }
          ],
          "captures": [
            {
              "file": "out.pcapng",
              "frames": 12
            }
          ],
          "warnings": [
            {
              "file": "lab.yaml",
              "range": {
                "line": 3,
                "column": 1,
                "endLine": 3,
                "endColumn": 4
              },
              "severity": "warning",
              "code": "W2001",
              "message": "m",
              "hint": null
            }
          ]
        }
        """;

    private static readonly RunResult Result = new()
    {
        Name = "two-subnets",
        Seed = 7,
        Hash = "9f3c1a2b00112233",
        VirtualTime = new SimTime(60_000_000_000),
        WallTime = Duration.FromMilliseconds(210),
        Converged = true,
        ConvergedAt = new SimTime(3_412_000_001),
        Nodes = 4,
        Namespaces = 6,
        Frames = new FrameTotals(10, 7, 1, [new("NoRoute", 1), new("LinkDown", 1)]),
        Bgp = new BgpTotals(3, 2, 4, 5, 6),
        Expectations =
        [
            new(0, "lab.yaml", 12, "ping h1 -> docker/c1: {received: 3}", true, new ObservedMapping { { "received", 3 } }),
            new(1, "lab.yaml", 14, "tcp: refused", false, "timeout"),
        ],
        Steps =
        [
            new(
                0,
                12,
                "ping",
                new SimTime(500_000_000),
                new SimTime(712_000_500),
                new ObservedMapping
                {
                    { "outcome", "reply" },
                    { "errno", ObservedNothing.Instance },
                    { "loss", new Netemu.Topologies.Model.Probability(1_000) },
                    {
                        "answers",
                        new ObservedList
                        {
                            new ObservedMapping
                            {
                                { "from", "172.17.0.2" }, { "ttl", 63 }, { "time", Duration.FromMicroseconds(12_100) }, { "first", true },
                            },
                        }
                    },
                },
                [new FrameGroup("r1:eth1", Inbound: true, 3, "10.1.0.2 > 172.17.0.2: ICMP echo request", "ffff")]),
        ],
        Captures = [new("out.pcapng", 12)],
        Warnings = [new Diagnostic(DiagnosticSeverity.Warning, "W2001", "m", new SourceRange("lab.yaml", 3, 1, 3, 4))],
    };

    [Fact]
    public void The_json_document_has_the_keys_of_the_contract_in_their_order()
    {
        MemoryStream stream = new();
        RunResultJson.Write(stream, Result);

        Assert.Equal(Json.ReplaceLineEndings("\n"), Encoding.UTF8.GetString(stream.ToArray()).ReplaceLineEndings("\n"));
        using JsonDocument document = JsonDocument.Parse(stream.ToArray());
        Assert.Equal(3.412000001m, document.RootElement.GetProperty("convergedAt").GetDecimal());
    }

    [Fact]
    public void The_last_line_is_the_one_of_the_contract()
    {
        Assert.Equal("converged at 3.412 s, 0.21 s wall, 1/2 expectations, seed 7, run 9f3c1a2b", RunSummary.LastLine(Result));
    }

    [Fact]
    public void A_failed_expectation_is_told_with_its_place_and_what_was_seen()
    {
        Assert.Equal("lab.yaml:14: step 1 failed: tcp: refused\n   seen: timeout\n", RunSummary.Failures(Result));
    }

    [Fact]
    public void Frames_balance_when_all_are_accounted_for()
    {
        Assert.True(Result.Frames.Balanced);
        Assert.False((Result.Frames with { Sent = 11 }).Balanced);
    }

    [Fact]
    public void Junit_counts_tests_and_failures()
    {
        MemoryStream stream = new();
        JUnitReport.Write(stream, Result);

        XElement suite = XDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).Root!.Element("testsuite")!;
        Assert.Equal(("two-subnets", "2", "1"), ((string?)suite.Attribute("name"), (string?)suite.Attribute("tests"), (string?)suite.Attribute("failures")));
        Assert.Equal("step 1: tcp: refused", (string?)suite.Elements("testcase").Single(c => c.Element("failure") is not null).Attribute("name"));
    }

    [Fact]
    public void Junit_holds_whatever_a_command_printed()
    {
        RunResult odd = new()
        {
            Name = "n\u0001\uD800x😀",
            Seed = 1,
            Hash = "",
            VirtualTime = default,
            WallTime = default,
            Converged = false,
            Nodes = 0,
            Namespaces = 0,
            Frames = new FrameTotals(0, 0, 0, []),
            Bgp = BgpTotals.None,
            Expectations = [new(0, "f", 1, "\u001b[31m", false, "\0")],
        };
        MemoryStream stream = new();
        JUnitReport.Write(stream, odd);

        Assert.Equal("n\uFFFD\uFFFDx😀", (string?)XDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).Root!.Element("testsuite")!.Attribute("name"));
        Assert.Equal("not converged at 0.000 s, 0.00 s wall, 0/1 expectations, seed 1, run ", RunSummary.LastLine(odd));
    }
}
