"""Lambda: functions run from the archive that was uploaded, each instance in a process of its own."""
