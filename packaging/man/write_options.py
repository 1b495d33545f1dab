#!/usr/bin/env python3
"""Writes the section OPTIONS of trainyard-run.1 anew from what the program says of itself.

Run after an option was added or its words changed: python3 packaging/man/write_options.py build/dev/bin/trainyard-run
The test runner_commands fails where an option is missing.
"""
import pathlib
import re
import subprocess
import sys

BEGIN = '.\\" Written by write_options.py from --help-all, up to the next mark.\n'
MEANING = 32  # column of an option's meaning
END = '.\\" The end of what write_options.py writes.\n'


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return "\\&" + text if text[:1] in (".", "'") else text


def written(option):
    """--row UINT:POSITIVE as --row UINT, --part TEXT:{a,b} as --part {a,b}."""
    option = re.sub(r"\b[A-Z]+:(\{)", r"\1", option)
    option = re.sub(r"\b([A-Z]+):\1\b", r"\1", option)
    return re.sub(r"\b([A-Z]+):(POSITIVE|NONNEGATIVE)", r"\1", option)


def blocks(help_text):
    """(command, words, [(option, words)]) of each command."""
    found = []
    place = ""
    lines = help_text.splitlines()
    for line, following in zip(lines, lines[1:] + [""]):
        if re.fullmatch(r"[a-z][a-z-]*", line):
            found.append([line, "", []])
        elif not found or not line.strip():
            continue
        elif re.fullmatch(r"  [A-Z][a-z]+:", line):
            place = line.strip()
        elif re.match(r"  \S", line) and not found[-1][1]:
            found[-1][1] = line.strip()
        elif place == "Options:" and line.startswith("    -"):
            is_long = following.startswith(" " * MEANING)  # then the meaning has a line of its own
            found[-1][2].append([line[:None if is_long else MEANING].strip(), "" if is_long else line[MEANING:].strip()])
        elif place == "Options:":
            found[-1][2][-1][1] = line.strip()
    return found


def section(help_text):
    lines = []
    for command, words, options in blocks(help_text):
        lines += [f".SS {command}", roff(words) + "."]
        for option, meaning in options:
            lines += [".TP", ".B " + roff(written(option)), roff(meaning)]
    return "\n".join(lines) + "\n"


def main(program):
    page = pathlib.Path(__file__).with_name("trainyard-run.1")
    help_text = subprocess.run([program, "--help-all"], check=True, capture_output=True, text=True).stdout
    text = page.read_text()
    begin = text.index(BEGIN) + len(BEGIN)
    page.write_text(text[:begin] + section(help_text) + text[text.index(END):])


main(sys.argv[1])
