"""Everything that hears, sees and draws: sources, mailboxes, engines and the live loop; Qt only in `worker`."""
