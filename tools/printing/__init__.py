"""The book as one PDF: a browser prints the pages, and pypdf joins them with links."""
