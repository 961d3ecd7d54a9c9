"""The collector: discovery, frontier, cleaning processes and the command line."""
