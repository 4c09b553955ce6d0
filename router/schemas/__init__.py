"""Every body and answer of the API, as pydantic models: what is refused here never reaches a service."""
