using System;
using System.Collections.Immutable;
using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Ip;

/// <summary>
/// The words after the verb, read one by one as iproute2's NEXT_ARG does. The first error stays in <see cref="Error"/>; after
/// it there are no more words, so that loops end.
/// </summary>
public sealed class IpArguments(NetworkNamespace space, ImmutableArray<string> words)
{
    private int _position;

    public NetworkNamespace Namespace { get; } = space;

    /// <summary>Why the words cannot be understood, in iproute2's words; null while they can.</summary>
    public CommandResult? Error { get; private set; }

    public bool AtEnd => Error is not null || _position >= words.Length;

    /// <summary>The word to look at, without taking it.</summary>
    public string Peek => words[_position];

    /// <summary>The word at the present position; then goes on.</summary>
    public string Take() => words[_position++];

    /// <summary>The same words from the first one on, without what was noted.</summary>
    public IpArguments Restart() => new(Namespace, words);

    /// <summary>The words that are left.</summary>
    public ImmutableArray<string> Rest() => words[_position..];

    /// <summary>Notes the first error.</summary>
    public void Fail(int exit, string message) => Error ??= CommandResult.Failure(exit, message);

    /// <summary>Adds a line, and another exit code, to the error if there is one.</summary>
    /// <remarks>A wrong value (exit code 255) has ended the tool already.</remarks>
    public void ExtendError(int exit, string line) => Error = Error is null or { Exit: 255 } ? Error : new CommandResult(exit, string.Empty, $"{Error.Stderr}{line}\n");

    /// <summary>duparg.</summary>
    public void Duplicate(string keyword, string value) => Fail(255, $"Error: duplicate \"{keyword}\": \"{value}\" is the second value.");

    /// <summary>The value of the keyword just taken.</summary>
    public string Value()
    {
        if (!AtEnd)
        {
            return Take();
        }

        Fail(255, "Command line is not complete. Try option \"help\"");
        return string.Empty;
    }

    /// <summary>A device that must exist.</summary>
    public NetDevice? Device() => Error is null && Value() is { Length: > 0 } name ? FindDevice(name) : null;

    /// <summary>iproute2's matches(): the keyword or a beginning of it.</summary>
    public static bool Matches(string word, string keyword) => word.Length > 0 && keyword.StartsWith(word, StringComparison.Ordinal);

    /// <summary>The device of that name; an error if there is none.</summary>
    public NetDevice? FindDevice(string name)
    {
        NetDevice? device = Namespace.FindDevice(name);
        if (device is null && Error is null)
        {
            Fail(1, $"Cannot find device \"{name}\"");
        }

        return device;
    }

    /// <summary>A number in decimal or, with 0x, hexadecimal; invarg's error otherwise.</summary>
    public uint Number(string complaint, uint maximum = uint.MaxValue)
    {
        string text = Value();
        bool parsed = text.StartsWith("0x", StringComparison.Ordinal)
            ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        if (!parsed || value > maximum)
        {
            Invalid(text, complaint);
        }

        return value;
    }

    /// <summary>on or off, as iproute2's parse_on_off takes them.</summary>
    public bool OnOff(string keyword)
    {
        string text = Value();
        if (text is not ("on" or "off"))
        {
            // The error is -EINVAL, whose low byte is the exit code.
            Fail(234, $"Error: argument of \"{keyword}\" must be one of \"off\", \"on\", not \"{text}\"");
        }

        return text == "on";
    }

    /// <summary>An address of one family.</summary>
    public TAddress Address<TAddress>()
        where TAddress : struct, IIPAddress<TAddress>
    {
        string text = Value();
        if (!TAddress.TryParse(text, out TAddress address))
        {
            string family = TAddress.Family == AddressFamily.IPv6 ? "inet6" : "inet";
            Fail(1, $"Error: {family} address is expected rather than \"{text}\".");
        }

        return address;
    }

    /// <summary>invarg: the argument of a keyword is wrong. Some complaints end with a line feed of their own, as in iproute2.</summary>
    public void Invalid(string argument, string complaint) =>
        Fail(255, $"Error: argument \"{argument}\" is wrong: {complaint}");

    /// <summary>A word that is no keyword, where a positional argument has been given already.</summary>
    public void Garbage(string positional, string word, string hint = "") =>
        Fail(255, $"Error: either \"{positional}\" is duplicate, or \"{word}\" is a garbage.{hint}");
}
