using System;
using System.Collections.Generic;

namespace Netemu.Commands.Shell;

/// <summary>The commands that a machine has, by name. Open: other parts of the emulation add their own.</summary>
public sealed class CommandRegistry
{
    private readonly SortedDictionary<string, ICommand> _commands = new(StringComparer.Ordinal);

    /// <summary>All names, sorted.</summary>
    public IReadOnlyCollection<string> Names => _commands.Keys;

    /// <summary>The commands by name; one with several names comes several times.</summary>
    public IEnumerable<KeyValuePair<string, ICommand>> Commands => _commands;

    /// <summary>Adds a command under all its names; a later one takes a name over.</summary>
    public CommandRegistry Add(ICommand command)
    {
        foreach (string name in command.Names)
        {
            _commands[name] = command;
        }

        return this;
    }

    /// <summary>The command of that name, or of that path (/sbin/ip); null for none.</summary>
    public ICommand? Find(string name) =>
        _commands.GetValueOrDefault(name.StartsWith('/') ? name[(name.LastIndexOf('/') + 1)..] : name);
}
