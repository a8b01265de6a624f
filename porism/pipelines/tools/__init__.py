"""``porism run tools``, in parts: tasks, how a model is asked, the search, the rows."""
