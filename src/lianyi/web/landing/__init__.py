"""Landing pages in the browser: their list, and an editor of ordinary forms."""
