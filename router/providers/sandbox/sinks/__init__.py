"""Receivers of what goes to people beside the lines: the customer's app, Twilio, a mail server."""
