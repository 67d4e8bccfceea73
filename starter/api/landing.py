"""The page at `/`: what this is and where to go on, in the visitor's language."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from starter.api.language import language_of

router = APIRouter(include_in_schema=False)
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
_WORDS = {
    "en": (
        "Orderkeep",
        "This server keeps every order's life, from receipt to after-sales. Programs talk to it over HTTP under "
        "<code>/v1</code>, with a key: <code>Authorization: Bearer &lt;key&gt;</code>.",
        ("The API, route by route", "The contract for programs (OpenAPI 3.1)", "Is the process alive?"),
    ),
    "zh-CN": (
        "Orderkeep 订单管理",
        "本服务器记录每张订单从接单到售后的全过程。程序通过 <code>/v1</code> 下的 HTTP 接口访问，"
        "并携带密钥：<code>Authorization: Bearer &lt;密钥&gt;</code>。",
        ("接口说明（逐条列出）", "供程序读取的接口契约（OpenAPI 3.1）", "进程是否正常运行"),
    ),
}
_LINKS = ("/docs", "/openapi.json", "/healthz")


def page(title: str, body: str, language: str = "en") -> Response:
    """A plain page that needs nothing from outside."""
    html = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>{STYLE}</head>'
        f"<body>{body}</body></html>"
    )
    headers = {"Content-Language": language, "Vary": "Accept-Language", "Content-Security-Policy": _POLICY}
    return HTMLResponse(html, headers=headers)


@router.get("/")
async def landing(request: Request) -> Response:
    """What this server is, in English or Chinese."""
    language = language_of(request)
    title, text, labels = _WORDS[language]
    links = "".join(
        f'<li><a href="{link}">{link}</a> · {label}</li>' for link, label in zip(_LINKS, labels, strict=True)
    )
    return page(title, f"<h1>{title}</h1><p>{text}</p><ul>{links}</ul>", language)
