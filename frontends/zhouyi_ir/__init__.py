"""Arm-China's IR: networks as a text and a file of constants, float and quantised."""
