"""Code that the chapters run live and that is longer than a page should show; stored runs are in `research`."""
