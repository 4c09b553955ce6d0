"""Stand-ins for the channels' receivers: the customer's app, Twilio, a mail server."""
