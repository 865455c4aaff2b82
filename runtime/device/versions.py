"""The version of the open driver whose API this is."""

VERSION = "4.2.0"
