"""Office documents and e-books -> pieces: one module a kind of file, each run in a child process (`index.loading.apart`)."""
