"""QR codes as pictures inside a page: no address of anybody else is asked to draw a secret."""

import io

from markupsafe import Markup


def picture(text: str, label: str) -> Markup:
    """An SVG element that holds `text` as a QR code; `label` is what readers of the page are told."""
    import segno  # when a second factor is set up, and not at every start

    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", border=2, xmldecl=False, omitsize=True, title=label, svgclass="qr", lineclass=None, light="#fff")
    return Markup(out.getvalue().decode())  # noqa: S704 - segno writes it; the title is escaped by it
