using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Topologies.Running;

/// <summary>
/// What was seen, by name. The first entry is what the whole stands for where one word is expected: the outcome of a
/// probe, the number of a counter.
/// </summary>
public sealed class ObservedMapping : ObservedValue
{
    private readonly List<KeyValuePair<string, ObservedValue>> _entries = [];

    public IReadOnlyList<KeyValuePair<string, ObservedValue>> Entries => _entries;

    /// <summary>The value of that name, or null.</summary>
    public ObservedValue? Find(string key) => _entries.Find(e => e.Key == key).Value;

    public ObservedMapping Add(string key, ObservedValue value)
    {
        _entries.Add(KeyValuePair.Create(key, value));
        return this;
    }

    public ObservedMapping Add(string key, string value) => Add(key, new ObservedScalar(value));

    public ObservedMapping Add(string key, long value) => Add(key, new ObservedScalar(value));

    public ObservedMapping Add(string key, bool value) => Add(key, new ObservedScalar(value));

    public ObservedMapping Add(string key, Duration value) => Add(key, new ObservedScalar(value));

    public ObservedMapping Add(string key, InternetAddress value) => Add(key, new ObservedScalar(value.ToString()));

    public ObservedMapping Add(string key, IEnumerable<ObservedValue> items) => Add(key, new ObservedSequence([.. items]));

    /// <summary>Adds a text unless there is none.</summary>
    public ObservedMapping AddIfAny(string key, string? value) => value is null ? this : Add(key, value);

    public ObservedMapping AddIfAny(string key, InternetAddress? value) =>
        value is { IsNone: false } address ? Add(key, address) : this;

    /// <summary>The scalar under a key as text; null if there is none.</summary>
    public string? TextOf(string key) => (Find(key) as ObservedScalar)?.Text;

    public override string ToString() => string.Join(", ", _entries.Where(e => e.Value is ObservedScalar).Select(e => $"{e.Key}: {e.Value}"));
}
