using System;

namespace Netemu.Bgp.Frr;

/// <summary>A line that can't be read; it never leaves the reader.</summary>
internal sealed class FrrSyntaxException(string message) : Exception(message);
