"""The part of pyserial that lists ports."""
