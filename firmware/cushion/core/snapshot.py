"""What of the engine outlives a restart, as a row of 32-bit integers: doses, breaks, pauses, prompts, the seat's tare.

Left out on purpose: what the next seconds show anew (pressures, presence, a prompt in progress). Whoever keeps the row
guards it with a checksum; a row of another length, or version, is not taken.
"""

import struct

VERSION = 1


def _places(engine):
    """Every carried integer, as (object, attribute or index)."""
    sitting, prompter, pauses, tare = engine.sitting, engine.prompter, engine.pauses, engine.calibration
    places: list = [(engine, "now_s"), (engine.left_dose, "cs"), (engine.right_dose, "cs"), (sitting, "seated_ms")]
    places += [(sitting, "away_ms"), (sitting, "_verified_away"), (sitting, "_knows_last_sit")]
    places += [(pauses, "snooze_ms"), (pauses, "mute_ms"), (pauses, "in_row")]
    places += [(prompter, "episode"), (prompter, "armed"), (prompter, "_break_seen"), (prompter, "_since_end_ms")]
    places += [(prompter, "_wait_ms"), (prompter.responses, "_bits"), (prompter.responses, "_count")]
    for rate in (pauses._a_day, prompter._hour, prompter._day):
        places.append((rate, "_next"))
        for index in range(len(rate._times_s)):
            places.append((rate._times_s, index))
    for zone in range(len(tare.auto_tare_ns)):
        places.append((tare.auto_tare_ns, zone))
    return places


def pack(engine):
    """The engine's state as bytes."""
    places = _places(engine)
    data = bytearray(4 * (len(places) + 1))
    struct.pack_into("<i", data, 0, VERSION)
    for index in range(len(places)):
        owner, name = places[index]
        value = owner[name] if isinstance(name, int) else getattr(owner, name)
        struct.pack_into("<i", data, 4 * index + 4, int(value))
    return bytes(data)


def restore(engine, data):
    """Puts what `pack` gave into a new engine; False, and nothing done, when the bytes are of another version."""
    places = _places(engine)
    if len(data) != 4 * (len(places) + 1) or struct.unpack_from("<i", data, 0)[0] != VERSION:
        return False
    for index in range(len(places)):
        owner, name = places[index]
        value = struct.unpack_from("<i", data, 4 * index + 4)[0]
        if isinstance(name, int):
            owner[name] = value
        elif isinstance(getattr(owner, name), bool):
            setattr(owner, name, bool(value))
        else:
            setattr(owner, name, value)
    engine.settings_changed()  # the limits may be lower than they were
    return True
