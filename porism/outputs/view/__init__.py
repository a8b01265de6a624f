"""``porism view``: a dataset's folder in the browser. Nothing in the folder is changed but the file of notes."""
