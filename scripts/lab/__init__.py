"""What was measured, and is measured again on demand; its tests run in `make nightly`."""
