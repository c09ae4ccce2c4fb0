"""Renders: the same answers give the same files, everywhere, for everybody and without trust."""
