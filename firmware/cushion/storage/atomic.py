"""Small JSON files that are either the old or the new version after a power cut, never anything else.

A file is one line of JSON and one line of its CRC-32. It is written beside its place and renamed into it; the version
before stays as the last good one.
"""

import json
import os
from binascii import crc32


def save(path, document):
    """Writes a JSON-able document to `path`; the version before becomes ``path + ".old"``.

    A power cut leaves one of these, each of them whole: the file of before; no file but that one as ``.old`` (between
    the two renames); the new file.
    """
    line = json.dumps(document)
    data = (line + "\n" + str(crc32(line.encode())) + "\n").encode()
    with open(path + ".new", "wb") as file:
        file.write(data)
    if _read(path) is not None:  # a damaged one must not take the last good one's place
        os.rename(path, path + ".old")
    os.rename(path + ".new", path)


def load(path):
    """``(document, source)``: source is "file", "last good" (the file was missing or damaged) or "default" (None)."""
    for candidate, source in ((path, "file"), (path + ".old", "last good")):
        document = _read(candidate)
        if document is not None:
            return document, source
    return None, "default"


def exists(path):
    """Whether there is such a file, or its last good one, readable or not."""
    for candidate in (path, path + ".old"):
        try:
            os.stat(candidate)
            return True
        except OSError:
            pass
    return False


def _read(path):
    try:
        with open(path, "rb") as file:
            line, crc = file.read().decode().split("\n")[:2]
        if crc32(line.encode()) != int(crc):
            return None
        return json.loads(line)
    except (OSError, ValueError):
        return None
