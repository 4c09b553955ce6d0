"""`switchyard demo`: a gateway, a local Linq and made-up people, with a story that shows what happens to a bad line.

Everything is real but the provider and the people: the processes, the pages, the signed webhooks, the store.
"""
