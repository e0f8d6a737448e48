"""The command line: one file a verb, sentences in the person's language, exit codes by family of error.

A verb's file is imported when its command runs, and each imports the vault's
machinery only inside its function: `haechi --help` answers at once. This file
imports nothing of haechi's until `main` runs, so that Ctrl-C while it loads is no traceback either.
"""

import os
import sys
from collections.abc import Sequence

_INTERRUPTED = 130  # 128 + SIGINT, as shells report it


def main() -> None:
    """Run the command line with this process's arguments and leave with its exit code."""
    try:
        from haechi.isolation.limits import forbid_dumps

        forbid_dumps()  # a passphrase and what it opens are in this process's memory from here on
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # a terminal without Korean type still gets every fact
        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # nothing was read yet, or all was told: there is no more to say
        code = _INTERRUPTED
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; what went wrong has been told on standard error."""
    from haechi.cli.trouble import explain
    from haechi.language import choose, use

    words, asked, debug = _everywhere(arguments)
    use(choose(asked, os.environ))
    try:
        from haechi.cli.app import make_app

        result = make_app()(words, exit_on_error=False, print_error=False, result_action="return_value")
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of a pipe went away. Python would complain once more while closing standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _INTERRUPTED
    except BaseException as error:  # noqa: BLE001 - nobody is ever shown a traceback
        return explain(error, debug=debug, as_json="--json" in words)
    return result if isinstance(result, int) else 0


def _everywhere(arguments: Sequence[str]) -> tuple[list[str], str | None, bool]:
    """Return the arguments without `--lang` and `--debug`, which may stand anywhere, and what they said.

    `haechi help …` is `haechi … --help`.
    """
    words: list[str] = []
    asked: str | None = None
    debug = False
    rest = iter(arguments)
    for word in rest:
        if word == "--":
            words += [word, *rest]
        elif word == "--debug":
            debug = True
        elif word == "--lang":
            asked = next(rest, None)
        elif word.startswith("--lang="):
            asked = word.removeprefix("--lang=")
        else:
            words.append(word)
    if words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    return words, asked, debug
