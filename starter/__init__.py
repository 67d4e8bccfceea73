"""Every way in: commands, HTTP, console, files, and the servers launched for local use."""
