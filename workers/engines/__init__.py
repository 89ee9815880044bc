"""The models: one file an engine, found by `registry`, run in a process of their own."""
