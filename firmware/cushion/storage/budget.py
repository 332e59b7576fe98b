"""What the motors were granted, on the flash: a power cut takes the RTC memory, and must not give back a budget."""

from binascii import hexlify, unhexlify

from cushion.storage import atomic, settings_file

PATH = settings_file.FOLDER + "/motors.json"


def save(state, runs, failed):
    """Keeps a limiter's state, whether a motor is about to run, and how many losses of power in a row each found one
    running. A flash that refuses leaves what was before: less was granted then."""
    try:
        settings_file.make_folder()
        atomic.save(PATH, {"granted": hexlify(state).decode(), "runs": runs, "failed": failed})
    except OSError:
        pass


def load():
    """``(state, runs, failed)`` of the last `save`; the state is None where there never was one, b"" where it can't be
    read."""
    document, _ = atomic.load(PATH)
    if document is None:
        return (b"" if atomic.exists(PATH) else None), False, 0
    try:
        # Older firmware kept the state alone.
        return unhexlify(document["granted"]), bool(document.get("runs")), int(document.get("failed", 0))
    except (AttributeError, KeyError, TypeError, ValueError):
        return b"", False, 0
