using System.Collections.Immutable;
using System.Text;

namespace Netemu.Commands.Shell;

/// <summary>
/// Reads the part of the POSIX shell's language that start-up scripts of labs use: words, quotes, comments, `;`, `&amp;&amp;`, `||`,
/// pipes, here-documents, and redirection into /proc/sys, /etc/hosts, /etc/resolv.conf or /dev/null. Whatever else the shell knows is an error that says so.
/// </summary>
public sealed class ShellParser
{
    private string _text;
    private string _input = string.Empty;
    private readonly ImmutableArray<ShellPipeline>.Builder _pipelines = ImmutableArray.CreateBuilder<ShellPipeline>();
    private readonly ImmutableArray<ImmutableArray<string>>.Builder _commands = ImmutableArray.CreateBuilder<ImmutableArray<string>>();
    private readonly ImmutableArray<string>.Builder _words = ImmutableArray.CreateBuilder<string>();
    private ShellRedirection _redirection = ShellRedirection.None;
    private ShellConnector _connector = ShellConnector.Always;
    private bool _afterPipe;
    private int _position;
    private string? _error;

    private ShellParser(string text) => _text = text;

    public static ShellScript Parse(string text) => new ShellParser(text).Run();

    private ShellScript Run()
    {
        while (_error is null && _position < _text.Length)
        {
            Step();
        }

        if (_error is null)
        {
            EndPipeline(ShellConnector.Always, required: _connector != ShellConnector.Always);
        }

        return _error is null ? new ShellScript(_pipelines.ToImmutable()) : ShellScript.Fail($"sh: {_error}");
    }

    private void Step()
    {
        char c = _text[_position];
        char next = _position + 1 < _text.Length ? _text[_position + 1] : '\0';
        switch (c)
        {
            case ' ' or '\t' or '\r':
                _position++;
                break;
            case '#':
                int end = _text.IndexOf('\n', _position);
                _position = end < 0 ? _text.Length : end;
                break;
            case '\n' or ';':
                _position++;
                EndPipeline(ShellConnector.Always, required: c == ';' && next == ';');
                break;
            case '&' when next == '&':
                _position += 2;
                EndPipeline(ShellConnector.IfSucceeded, required: true);
                break;
            case '|' when next == '|':
                _position += 2;
                EndPipeline(ShellConnector.IfFailed, required: true);
                break;
            case '|':
                _position++;
                EndCommand(required: true);
                _afterPipe = true;
                break;
            case '&':
                Fail("'&' is not supported", "use `background: true` of a step, or give a command an end of its own");
                break;
            case '>' or '<':
                Redirect(1);
                break;
            case '1' or '2' when next == '>':
                _position++;
                Redirect(c - '0');
                break;
            case '(' or ')' or '{' or '}' or '`':
                Fail($"'{c}' is not supported", "groups and substitutions have no place here: write the commands one after another");
                break;
            default:
                if (ReadWord() is { } word)
                {
                    AddWord(word);
                }

                break;
        }
    }

    private void AddWord(string word)
    {
        if (_words.Count == 0 && word is "if" or "for" or "while" or "until" or "case" or "function")
        {
            Fail($"'{word}' is not supported", "write the commands one after another");
            return;
        }

        _words.Add(word);
    }

    /// <summary>A word with its quotes taken off; null after an error.</summary>
    private string? ReadWord()
    {
        StringBuilder word = new();
        while (_position < _text.Length)
        {
            char c = _text[_position];
            switch (c)
            {
                case ' ' or '\t' or '\r' or '\n' or ';' or '&' or '|' or '<' or '>' or '(' or ')':
                    return word.ToString();
                case '\'':
                    int end = _text.IndexOf('\'', _position + 1);
                    if (end < 0)
                    {
                        return Fail("Syntax error: Unterminated quoted string");
                    }

                    word.Append(_text, _position + 1, end - _position - 1);
                    _position = end + 1;
                    break;
                case '"':
                    if (!ReadDoubleQuoted(word))
                    {
                        return null;
                    }

                    break;
                case '\\':
                    _position++;
                    if (_position < _text.Length && _text[_position] != '\n')
                    {
                        word.Append(_text[_position]);
                    }

                    _position++;
                    break;
                case '$' or '`':
                    return FailExpansion();
                case '*' or '?':
                    return Fail($"'{c}' is not supported", "file names are not expanded: put the word in quotes");
                default:
                    word.Append(c);
                    _position++;
                    break;
            }
        }

        return word.ToString();
    }

    private bool ReadDoubleQuoted(StringBuilder word)
    {
        for (_position++; _position < _text.Length; _position++)
        {
            char c = _text[_position];
            switch (c)
            {
                case '"':
                    _position++;
                    return true;
                case '\\' when _position + 1 < _text.Length && _text[_position + 1] is '"' or '\\' or '$' or '`':
                    word.Append(_text[++_position]);
                    break;
                case '$' or '`':
                    FailExpansion();
                    return false;
                default:
                    word.Append(c);
                    break;
            }
        }

        Fail("Syntax error: Unterminated quoted string");
        return false;
    }

    private void Redirect(int descriptor)
    {
        char c = _text[_position];
        bool append = c == '>' && _position + 1 < _text.Length && _text[_position + 1] == '>';
        _position += append ? 2 : 1;
        if (c == '<')
        {
            if (_position < _text.Length && _text[_position] == '<')
            {
                _position++;
                ReadHereDocument();
                return;
            }

            Fail("'<' is not supported", "commands have no standard input but a pipe or a here-document (<<EOF)");
            return;
        }

        if (descriptor == 2 && System.MemoryExtensions.StartsWith(System.MemoryExtensions.AsSpan(_text, _position), "&1"))
        {
            _position += 2;
            _redirection = _redirection with { ErrorsToOutput = true };
            return;
        }

        while (_position < _text.Length && _text[_position] is ' ' or '\t')
        {
            _position++;
        }

        string? file = ReadWord();
        if (file is null)
        {
            return;
        }

        if (file == "/dev/null")
        {
            _redirection = descriptor == 2 ? _redirection with { ErrorsToNull = true } : _redirection with { OutputFile = file };
            return;
        }

        if (descriptor == 2 || !ProcFiles.IsWritable(file))
        {
            Fail($"cannot create '{file}'", "only files below /proc/sys, /etc/hosts, /etc/resolv.conf and /dev/null can be written");
            return;
        }

        _redirection = _redirection with { OutputFile = file, Appends = append };
    }

    /// <summary>POSIX section 2.7.4: the lines after this one up to the delimiter are the input; here without any expansion.</summary>
    private void ReadHereDocument()
    {
        bool stripsTabs = _position < _text.Length && _text[_position] == '-';
        _position += stripsTabs ? 1 : 0;
        if (ReadWord() is not { Length: > 0 } delimiter)
        {
            Fail("Syntax error: a here-document needs a word that ends it");
            return;
        }

        int line = _text.IndexOf('\n', _position);
        StringBuilder body = new();
        for (int at = line < 0 ? _text.Length : line + 1; at < _text.Length;)
        {
            int end = _text.IndexOf('\n', at);
            string text = end < 0 ? _text[at..] : _text[at..end];
            text = stripsTabs ? text.TrimStart('\t') : text;
            at = end < 0 ? _text.Length : end + 1;
            if (text == delimiter)
            {
                _input = body.ToString();
                _text = _text[..(line + 1)] + _text[at..];
                return;
            }

            body.Append(text).Append('\n');
        }

        Fail($"here-document at line 1 delimited by end-of-file (wanted '{delimiter}')");
    }

    private void EndCommand(bool required)
    {
        if (_words.Count == 0)
        {
            if (required || _afterPipe)
            {
                string at = _position <= _text.Length && _position > 0 ? _text[_position - 1].ToString() : "newline";
                Fail($"Syntax error: \"{at}\" unexpected");
            }

            return;
        }

        _commands.Add(_words.ToImmutable());
        _words.Clear();
        _afterPipe = false;
    }

    private void EndPipeline(ShellConnector next, bool required)
    {
        EndCommand(required);
        if (_error is not null || _commands.Count == 0)
        {
            return;
        }

        _pipelines.Add(new ShellPipeline(_connector, _commands.ToImmutable(), _redirection) { Input = _input });
        _input = string.Empty;
        _commands.Clear();
        _redirection = ShellRedirection.None;
        _connector = next;
    }

    private string? FailExpansion() =>
        Fail($"'{_text[_position]}' is not supported", "there are no variables and substitutions here; in a topology file use ${NAME} of the loader, or quote with '...'");

    private string? Fail(string error, string? hint = null)
    {
        _error ??= hint is null ? error : $"{error}\nhint: {hint}";
        _position = _text.Length;
        return null;
    }
}
