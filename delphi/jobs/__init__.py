"""What happens after the commit and when a time has come: the outbox loop and the work it knows how to do."""
