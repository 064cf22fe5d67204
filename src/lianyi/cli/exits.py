"""Exit codes, and how an error becomes one sentence on stderr: the command line's single place of translation."""

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lianyi.cli.language import _, tell
from lianyi.kernel.errors import Broken, Refused
from lianyi.kernel.sentences import Sentence

DONE = 0
REFUSED = 1
USAGE = 2
PARTLY = 3  # done in part, or differences found
BROKEN = 4
INTERRUPTED = 130

_LOG_LIMIT = 1_000_000  # bytes


class Misused(Exception):
    """Wrong usage that typer cannot see, such as options that do not go together."""

    def __init__(self, sentence: str, /, **values: object) -> None:
        super().__init__()
        self.sentence = Sentence(sentence, **values)


def run(command: Any, arguments: Sequence[str], context: object, log: Callable[[], Path]) -> int:
    """Runs a typer command and says its exit code; nothing escapes. `log` says where a traceback of a bug goes."""
    from typer import Abort, TyperException

    try:
        code = command.main(list(arguments), prog_name="lianyi", standalone_mode=False, obj=context)
        sys.stdout.flush()
    except TyperException as error:  # wrong usage, in typer's own words
        show = getattr(error, "show", None)
        if show is None:
            say(str(error))
        else:
            show()
        return USAGE
    except Misused as misused:
        say(tell(misused.sentence))
        return USAGE
    except Refused as refusal:
        say(tell(refusal.whole))
        return REFUSED
    except (KeyboardInterrupt, Abort):
        code = INTERRUPTED
    except BrokenPipeError:  # `| head`: whoever read has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if isinstance(error, PermissionError) and error.filename:
            words = _("This user may not use {place}: run as its owner, or name another folder by LIANYI_HOME.")
            say(words.format(place=error.filename))
            return REFUSED
        if isinstance(error, UnicodeEncodeError) and not all(map(_is_text, arguments)):
            say(_("An argument is no text in UTF-8."))
            return USAGE
        _tell_broken(error, log)
        return BROKEN
    if code == INTERRUPTED:
        say(_("Interrupted."))
    return code if isinstance(code, int) else DONE


def _is_text(argument: str) -> bool:
    """False for bytes that a shell passed on and that are no UTF-8; a name of a file may be such."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def say(sentence: str) -> None:
    """One line on stderr."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201


def _tell_broken(error: Exception, log: Callable[[], Path]) -> None:
    say(tell(Sentence("Broken: {what}", what=_words(error))))
    try:
        place = log()
        _append(place, "".join(traceback.format_exception(error)))
    except OSError:
        traceback.print_exception(error)
    else:
        say(_("The details are in {place}.").format(place=place))


def _words(error: Exception) -> Sentence | str:
    """What a bug says of itself is its first line, in whatever language it has."""
    if isinstance(error, Broken):
        return error.sentence
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _append(place: Path, text: str) -> None:
    place.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    if place.exists() and place.stat().st_size > _LOG_LIMIT:
        place.replace(place.with_suffix(".1.log"))
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    handle = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"{moment} pid {os.getpid()}\n{text}\n")
