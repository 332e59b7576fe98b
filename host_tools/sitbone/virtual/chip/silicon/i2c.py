# machine.I2C: devices by address, and the ways in which a bus fails. Errors are the ESP32 port's: ENODEV where nobody
# acknowledges, ETIMEDOUT where a line is held low.
import parts
import pins

ENODEV = 19
ETIMEDOUT = 116
_MOST_HZ = 5_000_000


class I2C:
    def __init__(self, id=-1, *, scl=18, sda=19, freq=400_000, timeout=50_000):
        if id not in (-1, 0, 1):
            raise ValueError("I2C(%d) doesn't exist" % id)
        if not 0 < freq <= _MOST_HZ:
            raise ValueError("invalid frequency")
        self._scl, self._sda = pins.gpio_of(scl), pins.gpio_of(sda)
        for gpio in (self._scl, self._sda):
            pins.claim_output(gpio)

    def _part(self, address):
        if parts.bus_is_stuck():
            raise OSError(ETIMEDOUT)
        part = parts.on_bus(self._scl, self._sda).get(address)
        if part is None or part.is_silent():
            raise OSError(ENODEV)
        return part

    def scan(self):
        found = []
        for address in range(0x08, 0x78):
            try:
                self._part(address)
                found.append(address)
            except OSError as error:
                if error.args[0] == ETIMEDOUT:
                    raise
        return found

    def writeto(self, addr, buf, stop=True):
        self._part(addr).write(bytes(buf))
        return len(buf)

    def readfrom(self, addr, nbytes, stop=True):
        return self._part(addr).read(nbytes)

    def readfrom_into(self, addr, buf, stop=True):
        buf[:] = self._part(addr).read(len(buf))

    def writeto_mem(self, addr, memaddr, buf, *, addrsize=8):
        self._part(addr).write(bytes((memaddr,)) + bytes(buf))

    def readfrom_mem(self, addr, memaddr, nbytes, *, addrsize=8):
        part = self._part(addr)
        part.write(bytes((memaddr,)))
        return part.read(nbytes)

    def readfrom_mem_into(self, addr, memaddr, buf, *, addrsize=8):
        buf[:] = self.readfrom_mem(addr, memaddr, len(buf))


SoftI2C = I2C
