"""The host's door: a raw-REPL console that never stops the monitor, and the calls the host makes."""
