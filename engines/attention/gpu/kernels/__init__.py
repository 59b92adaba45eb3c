"""The Triton language itself: what runs on the device. Only these files import `triton`, and only when one is launched."""
