using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Text;

namespace Netemu.Tests.Scale;

/// <summary>The HTML report in a real browser, without network.</summary>
public sealed class ReportScreenshotTests
{
    [ChromiumFact]
    public void The_report_shows_its_plots_in_a_browser_without_network()
    {
        string directory = Directory.CreateTempSubdirectory("netemu-shot-").FullName;
        string html = Path.Combine(directory, "report.html");
        string shot = Path.Combine(directory, "shot.png");
        CommandRun.Of("scale", "clique-tdown", "--nodes", "4-9", "--html", html, "-q");

        ProcessStartInfo start = new(ChromiumFactAttribute.Browser!)
        {
            ArgumentList =
            {
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--proxy-server=127.0.0.1:9",
                $"--user-data-dir={directory}/profile", "--window-size=1200,2400", $"--screenshot={shot}", $"file://{html}",
            },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using (Process browser = Process.Start(start)!)
        {
            browser.ErrorDataReceived += static (_, _) => { };
            browser.OutputDataReceived += static (_, _) => { };
            browser.BeginErrorReadLine();
            browser.BeginOutputReadLine();
            bool ended = browser.WaitForExit(TimeSpan.FromSeconds(90));
            if (!ended)
            {
                browser.Kill(entireProcessTree: true);
            }

            Assert.True(ended, "the browser did not end in 90 s");
        }

        // The first series is drawn in #0072b2: two plots with a line of 2 pixels and six points each.
        Assert.InRange(CountPixels(File.ReadAllBytes(shot), 0x00, 0x72, 0xb2), 500, 50_000);
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Pixels of one colour in an 8-bit RGB or RGBA image (RFC 2083).</summary>
    private static int CountPixels(byte[] png, byte red, byte green, byte blue)
    {
        int width = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16));
        int height = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20));
        int size = png[25] == 6 ? 4 : 3;
        byte[] rows = Inflate(png);
        int stride = width * size;
        byte[] above = new byte[stride];
        byte[] line = new byte[stride];
        int count = 0;
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> source = rows.AsSpan(y * (stride + 1), stride + 1);
            Unfilter(source[0], source[1..], above, line, size);
            for (int x = 0; x < stride; x += size)
            {
                count += line[x] == red && line[x + 1] == green && line[x + 2] == blue ? 1 : 0;
            }

            (above, line) = (line, above);
        }

        return count;
    }

    private static byte[] Inflate(byte[] png)
    {
        using MemoryStream packed = new();
        for (int at = 8; at < png.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            if (Encoding.ASCII.GetString(png, at + 4, 4) == "IDAT")
            {
                packed.Write(png, at + 8, length);
            }

            at += length + 12;
        }

        packed.Position = 0;
        using ZLibStream inflater = new(packed, CompressionMode.Decompress);
        using MemoryStream unpacked = new();
        inflater.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static void Unfilter(byte filter, ReadOnlySpan<byte> source, byte[] above, byte[] line, int size)
    {
        for (int i = 0; i < source.Length; i++)
        {
            int left = i >= size ? line[i - size] : 0;
            int corner = i >= size ? above[i - size] : 0;
            line[i] = (byte)(source[i] + filter switch
            {
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                4 => Paeth(left, above[i], corner),
                _ => 0,
            });
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        int estimate = left + up - corner;
        int byLeft = Math.Abs(estimate - left);
        int byUp = Math.Abs(estimate - up);
        int byCorner = Math.Abs(estimate - corner);
        return byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner;
    }
}
