"""A plain page for engineers that needs nothing from outside, not even our own files."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response

STYLE = """<style>
body{font:16px/1.6 system-ui,"Noto Sans SC",sans-serif;max-width:58rem;margin:3rem auto;padding:0 1.2rem;color:#1d2733}
a{color:#0b5fad} code{background:#eef2f6;padding:.1em .35em;border-radius:4px;font-size:.92em}
pre{background:#eef2f6;padding:.8rem;border-radius:6px;overflow:auto} h1{margin-bottom:.2em} h2{margin-top:2em}
table{border-collapse:collapse;width:100%} td,th{text-align:left;padding:.3em .8em .3em 0;vertical-align:top}
details{border-bottom:1px solid #dde4ea;padding:.45em 0} summary{cursor:pointer}
.m{font-weight:600;display:inline-block;min-width:3.6em}
.quiet{color:#5b6b7a}
</style>"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def page(title: str, body: str, language: str = "en") -> Response:
    """A plain page that needs nothing from outside."""
    html = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>{STYLE}</head>'
        f"<body>{body}</body></html>"
    )
    headers = {"Content-Language": language, "Vary": "Accept-Language", "Content-Security-Policy": _POLICY}
    return HTMLResponse(html, headers=headers)
