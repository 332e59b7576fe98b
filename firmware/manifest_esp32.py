# For the ESP32: all that MicroPython's own build for the board has, and the cushion. See README.md, "Memory".
include("$(PORT_DIR)/boards/manifest.py")
include("manifest.py")
