"""The connected cushion: the one link to it, and the cards that show or change it."""
