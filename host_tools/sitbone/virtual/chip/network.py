# The radio, as far as it gets into the way of ADC2: it can be switched on, and finds nothing.
import analog

STA_IF = 0
AP_IF = 1


class WLAN:
    IF_STA = 0
    IF_AP = 1

    def __init__(self, interface_id=STA_IF):
        if interface_id not in (STA_IF, AP_IF):
            raise ValueError("invalid WLAN interface identifier")
        self._id = interface_id

    def active(self, on=None):
        if on is None:
            return self._id in analog.radios
        if on:
            analog.radios.add(self._id)
        else:
            analog.radios.discard(self._id)
        return bool(on)

    def isconnected(self):
        return False

    def scan(self):
        return []
