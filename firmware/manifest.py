# For a build of MicroPython with the cushion frozen into it (FROZEN_MANIFEST=…/firmware/manifest.py),
# and the list of what `sitbone install` copies.
module("boot.py")
module("main.py")
package("cushion")
