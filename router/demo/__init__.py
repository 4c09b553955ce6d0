"""`switchyard demo`: a gateway, a local Linq and made-up people show what happens when a line goes bad.

Everything is real except the provider and the people: the processes, the pages, the signed webhooks, the store.
"""
