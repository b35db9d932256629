"""The book as one PDF: pages printed by a browser, put together with working links."""
