"""What stands between the network and the events: the server, the guard in front of it, Gradio behind it, MCP beside it."""
