namespace Netemu.Topologies.Loading.Binding;

/// <summary>
/// Reads a scalar's text. A result with no fault has set the value; a fault may carry its own code and a hint.
/// </summary>
internal delegate ScalarFault? ScalarParser<T>(string text, out T value);
