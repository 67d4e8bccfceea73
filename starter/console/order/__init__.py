"""The page of an order: its life, what it waits for, its documents, and what people do there."""
