"""Finds the command ``saddlemap`` and calls it."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path


class SaddlemapError(Exception):
    """What the command said on standard error, and its exit code.

    2: the input is wrong; 3: the sweep is incomplete, or two results differ; None: no command was found.
    """

    def __init__(self, message, code=None):
        super().__init__(message)
        self.code = code


def find(launcher=None):
    """The path of the command.

    launcher: the command itself, or the folder of a checkout or release that has it in ``scripts`` or ``bin``.
    """
    for source, place in (("launcher", launcher), ("SADDLEMAP_HOME", os.environ.get("SADDLEMAP_HOME"))):
        if not place:
            continue
        for path in (Path(place), Path(place, "scripts", "saddlemap"), Path(place, "bin", "saddlemap")):
            if path.is_file() and os.access(path, os.X_OK):
                return str(path)
        raise SaddlemapError(f"{source} is '{place}': neither the command saddlemap nor a folder with scripts/ or bin/saddlemap")
    found = shutil.which("saddlemap")
    if found is None:
        raise SaddlemapError(
            "The command saddlemap is not found: put it on the PATH, set SADDLEMAP_HOME to its folder, or give launcher="
        )
    return found


def call(arguments, launcher=None, said=None):
    """Runs the command to its end and returns its standard output.

    said: called with each line of standard error, as it comes.
    An interrupt (Ctrl-C, a notebook's stop button) is passed on: the command writes down what it has
    finished, and KeyboardInterrupt follows.
    """
    lines = []
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as out:
        # A session of its own, so that a terminal's Ctrl-C reaches it once: from here.
        process = subprocess.Popen(
            [find(launcher), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        with process:
            try:
                _listen(process, lines, said)
            except BaseException:
                process.send_signal(signal.SIGINT)
                _listen(process, lines, None)
                process.wait()
                raise
        if process.returncode:
            raise SaddlemapError(
                "\n".join(lines).removeprefix("saddlemap: ") or f"exit code {process.returncode}", process.returncode
            )
        out.seek(0)
        return out.read()


def _listen(process, lines, said):
    for line in process.stderr:
        line = line.rstrip("\n")
        lines.append(line)
        if said is not None:
            said(line)
