"""Taking orders: the form for the keyboard, its drafts, and files of orders."""
