using System;
using System.Collections.Generic;
using System.Text.Json;
using Netemu.Core.Time;
using Netemu.Engine.Linux;
using Netemu.Engine.Linux.Benchmarks;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Commands;

/// <summary><c>netemu bench tap</c>: the kernel's packets through the emulation and back, per core. Needs root.</summary>
internal static class TapBench
{
    private static readonly Duration Length = Duration.FromSeconds(2);

    public static ExitCode Run(bool asJson, Terminal terminal)
    {
        List<TapFigures> figures = [];
        try
        {
            figures.Add(TapScenario.ReadOnly(1500).Run(Length));
            figures.Add(TapScenario.ReadOnly(9000).Run(Length));
            foreach (bool isFloor in (bool[])[true, false])
            {
                figures.Add(TapScenario.OneByOne(isFloor).Run(Length));
                figures.Add(TapScenario.WithOffloads(1500, isFloor).Run(Length));
                figures.Add(TapScenario.WithOffloads(9000, isFloor).Run(Length));
            }
        }
        catch (KernelException error)
        {
            terminal.Error.WriteLine($"netemu: {error.Message}");
            terminal.Error.WriteLine("hint: devices of the kernel need root (CAP_NET_ADMIN) and /dev/net/tun");
            return error.IsPrivilege ? ExitCode.MissingPrivilege : ExitCode.InternalError;
        }

        if (asJson)
        {
            WriteJson(figures, terminal);
            return ExitCode.Success;
        }

        foreach (TapFigures figure in figures)
        {
            terminal.OutputWriter.WriteLine(
                $"{figure.Name}: {figure.PacketsPerCore / 1e6:f3} M packets/s per core, {figure.BytesPerCore / 1e9:f2} GB/s per core; "
                + $"in {figure.WallNanoseconds / 1e9:f1} s {figure.Packets} packets, {figure.Frames} frames, {figure.Windows} windows, {figure.Bytes / 1e9:f2} GB, "
                + $"{figure.CpuNanoseconds / 1e9:f2} s of one core, {figure.AllocatedBytes} B allocated");
        }

        return ExitCode.Success;
    }

    private static void WriteJson(List<TapFigures> figures, Terminal terminal)
    {
        terminal.OutputWriter.Flush();
        using (Utf8JsonWriter writer = new(terminal.Output, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "netemu/v1");
            writer.WriteString("kind", "Bench");
            writer.WriteString("name", "tap");
            writer.WriteStartArray("scenarios");
            foreach (TapFigures figure in figures)
            {
                writer.WriteStartObject();
                writer.WriteString("name", figure.Name);
                writer.WriteNumber("packets", figure.Packets);
                writer.WriteNumber("frames", figure.Frames);
                writer.WriteNumber("bytes", figure.Bytes);
                writer.WriteNumber("wallNanoseconds", figure.WallNanoseconds);
                writer.WriteNumber("cpuNanoseconds", figure.CpuNanoseconds);
                writer.WriteNumber("packetsPerCore", Math.Round(figure.PacketsPerCore));
                writer.WriteNumber("bytesPerCore", Math.Round(figure.BytesPerCore));
                writer.WriteNumber("allocatedBytes", figure.AllocatedBytes);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        terminal.OutputWriter.WriteLine();
    }
}
