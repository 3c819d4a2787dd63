"""The mails about a login, one function each. They queue inside the action's transaction; the worker sends."""
