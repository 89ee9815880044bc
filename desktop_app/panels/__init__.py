"""The pages of the window: one file a panel, found by `main_window`."""
