"""The connected cushion on the pages: the one link to it, and the cards that show or change it."""
