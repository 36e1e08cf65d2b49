using System.Globalization;
using Netemu.Commands.Ip;
using Netemu.Core.Time;
using Netemu.Engine.Queueing;

namespace Netemu.Commands.Traffic;

/// <summary>Reads netem's words one by one, with tc's abbreviations; what cannot be read is named.</summary>
internal sealed class NetemReader(IpArguments arguments)
{
    public const string Unknown = "?";
    public const string UnknownLoss = "?loss";
    public const string UnknownDistribution = "?distribution";

    public NetemOptions Options { get; private set; } = new();

    public bool HasDistribution { get; private set; }

    /// <summary>The value that was not understood.</summary>
    public string LastWord { get; private set; } = string.Empty;

    /// <summary>Takes one word with its values; null, or what is illegal.</summary>
    public string? Take(string word)
    {
        return word switch
        {
            _ when Is(word, "limit") => Number(word, n => Options = Options with { Limit = n }),
            _ when Is(word, "latency") || Is(word, "delay") => Delay(),
            _ when Is(word, "loss") || Is(word, "drop") => Loss(),
            _ when Is(word, "seed") => Seed(),
            "ecn" => Ecn(),
            _ when Is(word, "reorder") => Shares("reorder", (p, c) => Options = Options with { Reorder = p, ReorderCorrelation = c }),
            _ when Is(word, "corrupt") => Shares("corrupt", (p, c) => Options = Options with { Corrupt = p, CorruptCorrelation = c }),
            _ when Is(word, "gap") => Number("gap", n => Options = Options with { Gap = (uint)n }),
            _ when Is(word, "duplicate") => Shares("duplicate", (p, c) => Options = Options with { Duplicate = p, DuplicateCorrelation = c }),
            _ when Is(word, "distribution") => Distribution(),
            _ when Is(word, "rate") => Rate(),
            _ => Unknown,
        };
    }

    private static bool Is(string typed, string word) => word.StartsWith(typed, System.StringComparison.Ordinal);

    private bool NextIsNumber => !arguments.AtEnd && char.IsAsciiDigit(arguments.Peek[0]);

    private bool NextIsSigned => !arguments.AtEnd
        && (char.IsAsciiDigit(arguments.Peek[0]) || (arguments.Peek.Length > 1 && arguments.Peek[0] == '-' && char.IsAsciiDigit(arguments.Peek[1])));

    private string? Number(string word, System.Action<long> set)
    {
        if (!TcUnits.TryParseSize(arguments.Value(), out long number) || number > uint.MaxValue)
        {
            return word;
        }

        set(number);
        return null;
    }

    private string? Delay()
    {
        if (!TcUnits.TryParseTime(arguments.Value(), out Duration delay))
        {
            return "latency";
        }

        Duration jitter = default;
        uint correlation = 0;
        if (NextIsNumber && !TcUnits.TryParseTime(arguments.Take(), out jitter))
        {
            return "latency";
        }

        if (jitter > Duration.Zero && NextIsNumber && !TcUnits.TryParsePercent(arguments.Take(), out correlation))
        {
            return "latency";
        }

        Options = Options with { Delay = delay, Jitter = jitter, DelayCorrelation = correlation };
        return null;
    }

    private string? Loss()
    {
        if (Options.Loss > 0 || Options.LossModel is not null)
        {
            return "duplicate loss argument\n";
        }

        string word = arguments.Value();
        if (word.Length == 0)
        {
            return null;
        }

        if (char.IsAsciiDigit(word[0]))
        {
            return RandomLoss(word);
        }

        LastWord = word;
        return word switch
        {
            "random" => RandomLoss(arguments.Value()),
            "gemodel" => GilbertElliott(),
            "state" => FourState(),
            _ => UnknownLoss,
        };
    }

    private string? RandomLoss(string text)
    {
        uint correlation = 0;
        if (!TcUnits.TryParsePercent(text, out uint loss))
        {
            return "loss percent";
        }

        if (NextIsNumber && !TcUnits.TryParsePercent(arguments.Take(), out correlation))
        {
            return "loss correlation";
        }

        Options = Options with { Loss = loss, LossCorrelation = correlation };
        return null;
    }

    private string? GilbertElliott()
    {
        uint[] shares = new uint[4];
        string[] names = ["loss gemodel p", "loss gemodel r", "loss gemodel h", "loss gemodel k"];
        if (Read(shares, names, out int given) is { } illegal)
        {
            return illegal;
        }

        uint r = given > 1 ? shares[1] : uint.MaxValue - shares[0];
        Options = Options with { LossModel = new LossModel.GilbertElliott(shares[0], r, given > 2 ? shares[2] : uint.MaxValue, shares[3]) };
        return null;
    }

    private string? FourState()
    {
        uint[] shares = new uint[5];
        string[] names = ["loss p13", "loss p31", "loss p32", "loss p23", "loss p14"];
        if (Read(shares, names, out int given) is { } illegal)
        {
            return illegal;
        }

        Options = Options with
        {
            LossModel = new LossModel.FourState(
                shares[0], given > 1 ? shares[1] : uint.MaxValue - shares[0], shares[2], given > 3 ? shares[3] : uint.MaxValue, shares[4]),
        };
        return null;
    }

    private string? Read(uint[] shares, string[] names, out int given)
    {
        for (given = 0; given < shares.Length && (given == 0 || NextIsNumber); given++)
        {
            if (!TcUnits.TryParsePercent(arguments.Value(), out shares[given]))
            {
                return names[given];
            }
        }

        return null;
    }

    private string? Shares(string word, System.Action<uint, uint> set)
    {
        uint correlation = 0;
        if (!TcUnits.TryParsePercent(arguments.Value(), out uint share)
            || (NextIsNumber && !TcUnits.TryParsePercent(arguments.Take(), out correlation)))
        {
            return word;
        }

        set(share, correlation);
        return null;
    }

    private string? Seed()
    {
        if (!long.TryParse(arguments.Value(), NumberStyles.None, CultureInfo.InvariantCulture, out long seed))
        {
            return "seed";
        }

        Options = Options with { Seed = seed };
        return null;
    }

    private string? Ecn()
    {
        Options = Options with { Ecn = true };
        return null;
    }

    private string? Distribution()
    {
        LastWord = arguments.Value();
        NetemDistribution? found = LastWord switch
        {
            "uniform" => NetemDistribution.Uniform,
            "normal" => NetemDistribution.Normal,
            "pareto" => NetemDistribution.Pareto,
            "paretonormal" => NetemDistribution.Paretonormal,
            _ => null,
        };
        if (found is not { } distribution)
        {
            return UnknownDistribution;
        }

        HasDistribution = true;
        Options = Options with { Distribution = distribution };
        return null;
    }

    private string? Rate()
    {
        int overhead = 0;
        int cell = 0;
        int cellOverhead = 0;
        if (!TcUnits.TryParseRate(arguments.Value(), out long rate)
            || (NextIsSigned && !Integer(out overhead))
            || (NextIsNumber && !Integer(out cell))
            || (NextIsSigned && !Integer(out cellOverhead)))
        {
            return "rate";
        }

        Options = Options with { RateBitsPerSecond = rate, PacketOverhead = overhead, CellSize = cell, CellOverhead = cellOverhead };
        return null;
    }

    private bool Integer(out int value) =>
        int.TryParse(arguments.Take(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
