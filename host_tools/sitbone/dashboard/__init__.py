"""The local web page: today, trends, diary, tuning and the cushion itself, in a browser on the user's own computer."""
