"""Draw charts without a browser: shapes first, then SVG or PNG from the same shapes."""
