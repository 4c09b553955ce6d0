"""The admin and back-end API, one controller a resource."""
