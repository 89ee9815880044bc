"""The state of each sense, as QObjects that panels read and command."""
