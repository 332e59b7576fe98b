"""What survives a power cut: the log and the settings on littlefs (see README.md here)."""
