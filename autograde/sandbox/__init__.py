"""The host side of the sandbox: starts it, checks its layers, and talks with what runs inside."""
