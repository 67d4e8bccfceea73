"""The console: pages for people, served by the API's process, through the same functions as the API."""
