"""The named events through which the page and programs speak to the server."""
