"""The named events by which the page and programs talk to the server."""
