"""A rehearsal of the deployment: the real template and the real artifact on an emulator of AWS."""
