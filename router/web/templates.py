"""The page templates, compiled once."""

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from router.assets import StaticFiles, templates_dir


def make_templates(static_files: StaticFiles) -> Environment:
    """Return the environment of all pages; a missing value is an error, not an empty place."""
    templates = Environment(
        loader=FileSystemLoader(templates_dir()),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["asset"] = static_files.asset_url
    return templates
