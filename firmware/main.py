"""Composition root: opens the board, builds the application, runs it, and puts the motors away whatever happens."""

import micropython


def main():
    """Runs the cushion until the chip restarts."""
    from cushion.app import App
    from cushion.drivers.board import Board

    micropython.kbd_intr(-1)  # a Ctrl-C from the serial port would tear a file that is being written
    board = Board()
    try:
        App(board).run()
    finally:
        board.close()


if not globals().get("safe_mode"):  # set by boot.py, which shares these globals
    main()
