namespace Netemu.Calico.Binding;

/// <summary>Reads a value from a scalar's text.</summary>
internal delegate bool TextParser<T>(string text, out T value);
