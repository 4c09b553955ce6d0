"""The Litestar application: the JSON API and its documentation."""
