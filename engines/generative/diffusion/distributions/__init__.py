"""Distributions whose denoiser is a closed form."""
