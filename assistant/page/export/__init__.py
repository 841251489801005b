"""What a user takes away: answers and chats as Markdown and JSON, bad answers as drafts for a question set."""
