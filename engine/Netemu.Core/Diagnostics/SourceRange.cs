namespace Netemu.Core.Diagnostics;

/// <summary>A place in an input file: lines and columns count from 1; the end is exclusive. File "" means no file.</summary>
public readonly record struct SourceRange(string File, int Line, int Column, int EndLine, int EndColumn)
{
    public static SourceRange None => new(string.Empty, 0, 0, 0, 0);

    /// <summary>file:line:column, as compilers print it.</summary>
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}
