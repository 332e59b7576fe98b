"""The cases that detection must cope with, one file each: `sitbone virtual --sitter NAME`, and what is evaluated.

Each is somebody's three hours: sits of half a minute to twenty minutes, breaks of eight seconds to six minutes,
postures and small movements in between. What a file leaves out is as in ``Person``: an adult of 75 kg on an office
foam at 22 °C.
"""

from __future__ import annotations

from ..sitter import SITTERS
from .adult import Adult
from .bag import Bag
from .child import Child
from .cold import Cold
from .creep import Creep
from .dead_zone import DeadZone
from .feet_up import FeetUp
from .fidgeter import Fidgeter
from .forward import LeansForward
from .heavy import Heavy
from .hot import Hot
from .light import Light
from .perching import Perches
from .scripted import Scripted
from .slow_foam import SlowFoam
from .still import Still
from .stuck_high import StuckHigh
from .stuck_later import StuckLater
from .two_zones import TwoZones
from .wire_off import WireOff

SCENARIOS: dict[str, type[Scripted]] = {
    "adult": Adult,
    "forward": LeansForward,
    "perching": Perches,
    "feet-up": FeetUp,
    "child": Child,
    "light": Light,
    "heavy": Heavy,
    "slow-foam": SlowFoam,
    "creep": Creep,
    "fidgeter": Fidgeter,
    "still": Still,
    "cold": Cold,
    "hot": Hot,
    "two-zones": TwoZones,
    "dead-zone": DeadZone,
    "stuck-high": StuckHigh,
    "stuck-later": StuckLater,
    "wire-off": WireOff,
    "bag": Bag,
}
SITTERS.update(SCENARIOS)

__all__ = ["SCENARIOS", "Scripted"]
