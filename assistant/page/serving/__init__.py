"""Serves the page over HTTP: the server with its guard, its static files, Gradio and MCP."""
