"""What the motors were granted, on the flash: a power cut takes the RTC memory, and must not give back a budget."""

from binascii import hexlify, unhexlify

from cushion.storage import atomic, settings_file

PATH = settings_file.FOLDER + "/motors.json"


def save(state):
    """Keeps a limiter's state. A flash that refuses leaves the one before: less was granted then."""
    try:
        settings_file.make_folder()
        atomic.save(PATH, {"granted": hexlify(state).decode()})
    except OSError:
        pass


def load():
    """The last state that was saved, or None where there never was one; b"" where it can't be read."""
    document, _ = atomic.load(PATH)
    if document is None:
        return b"" if atomic.exists(PATH) else None
    try:
        return unhexlify(document["granted"])
    except (KeyError, TypeError, ValueError):
        return b""
