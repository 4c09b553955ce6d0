"""Switchyard: a gateway that sends each web signup to a phone line that can take it."""
