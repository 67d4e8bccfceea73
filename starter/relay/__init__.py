"""What hands over: messages to the engine, letters to the post. Both run in the worker process."""
