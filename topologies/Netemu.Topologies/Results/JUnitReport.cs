using System.Globalization;
using System.IO;
using System.Text;
using System.Xml;

namespace Netemu.Topologies.Results;

/// <summary>Writes the expectations of a result as JUnit XML, which CI systems read.</summary>
public static class JUnitReport
{
    public static void Write(Stream stream, RunResult result)
    {
        XmlWriterSettings settings = new()
        {
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            Indent = true,
            NewLineChars = "\n",
            CheckCharacters = true,
        };
        using XmlWriter writer = XmlWriter.Create(stream, settings);
        writer.WriteStartElement("testsuites");
        writer.WriteStartElement("testsuite");
        writer.WriteAttributeString("name", Clean(result.Name));
        writer.WriteAttributeString("tests", Number(result.Expectations.Count));
        writer.WriteAttributeString("failures", Number(result.Expectations.Count - result.PassedExpectations));
        writer.WriteAttributeString("errors", "0");
        writer.WriteAttributeString("skipped", "0");
        writer.WriteAttributeString("time", Seconds(result.WallTime.Nanoseconds));
        foreach (ExpectationRecord expectation in result.Expectations)
        {
            Write(writer, result, expectation);
        }

        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    private static void Write(XmlWriter writer, RunResult result, ExpectationRecord expectation)
    {
        writer.WriteStartElement("testcase");
        writer.WriteAttributeString("classname", Clean(result.Name));
        writer.WriteAttributeString("name", Clean($"step {expectation.Index}: {expectation.Text}"));
        writer.WriteAttributeString("file", Clean(expectation.File));
        writer.WriteAttributeString("line", Number(expectation.Line));
        writer.WriteAttributeString("time", "0");
        if (!expectation.Passed)
        {
            writer.WriteStartElement("failure");
            writer.WriteAttributeString("message", Clean($"seen: {expectation.Observed}"));
            writer.WriteString(Clean($"{expectation.File}:{expectation.Line}: {expectation.Text}\nseen: {expectation.Observed}"));
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(long nanoseconds) =>
        $"{nanoseconds / 1_000_000_000}.{(nanoseconds % 1_000_000_000 / 1_000_000).ToString("d3", CultureInfo.InvariantCulture)}";

    /// <summary>Replaces what XML 1.0 cannot hold: output of commands may have any byte.</summary>
    private static string Clean(string text)
    {
        StringBuilder clean = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                clean.Append(text[i]).Append(text[++i]);
            }
            else
            {
                clean.Append(XmlConvert.IsXmlChar(text[i]) ? text[i] : '\uFFFD');
            }
        }

        return clean.ToString();
    }
}
