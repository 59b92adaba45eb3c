"""The Triton language itself: what runs on the device. Only these files import `triton`, once one is launched."""
