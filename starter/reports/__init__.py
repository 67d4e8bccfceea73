"""Reports as they are asked for and shown: the same question, table, CSV and picture for the API and the console."""
