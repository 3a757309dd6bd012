"""A small writer of SVG. Plots lie on a card of their own, light or dark as the reader's system is, and are readable on any page."""
from xml.sax.saxutils import escape, quoteattr

WIDTH = 860
STYLE = """
.card{fill:#ffffff;stroke:#d0d7de}.text{fill:#1f2328}.soft{fill:#59636e}.grid{stroke:#d8dee4}.axis{stroke:#8c959f}
.first{fill:#0969da;stroke:#0969da}.other{fill:#afb8c1;stroke:#afb8c1}.less{fill:#d1d9e0;stroke:#d1d9e0}.range{stroke:#1f2328}.bound{stroke:#cf222e}
.c0{fill:#0969da;stroke:#0969da}.c1{fill:#bc4c00;stroke:#bc4c00}.c2{fill:#1a7f37;stroke:#1a7f37}.c3{fill:#8250df;stroke:#8250df}
.c4{fill:#bf3989;stroke:#bf3989}.c5{fill:#9a6700;stroke:#9a6700}.c6{fill:#57606a;stroke:#57606a}.c7{fill:#1b7c83;stroke:#1b7c83}
@media (prefers-color-scheme:dark){
.card{fill:#0d1117;stroke:#3d444d}.text{fill:#f0f6fc}.soft{fill:#9198a1}.grid{stroke:#2a313c}.axis{stroke:#656c76}
.first{fill:#4493f8;stroke:#4493f8}.other{fill:#656c76;stroke:#656c76}.less{fill:#3d444d;stroke:#3d444d}.range{stroke:#f0f6fc}.bound{stroke:#f85149}
.c0{fill:#4493f8;stroke:#4493f8}.c1{fill:#f0883e;stroke:#f0883e}.c2{fill:#3fb950;stroke:#3fb950}.c3{fill:#ab7df8;stroke:#ab7df8}
.c4{fill:#db61a2;stroke:#db61a2}.c5{fill:#d29922;stroke:#d29922}.c6{fill:#9198a1;stroke:#9198a1}.c7{fill:#39c5cf;stroke:#39c5cf}}
""".strip()


class Drawing:
    def __init__(self, width, height, title):
        self.width, self.height = width, height
        self.parts = [f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>",
                      self.element("rect", cls="card", x=0.5, y=0.5, width=width - 1, height=height - 1, rx=6)]

    @staticmethod
    def element(name, content=None, cls=None, **attributes):
        if cls:
            attributes["class"] = cls
        text = "".join(f" {key.replace('_', '-')}={quoteattr(f'{value:.1f}'.rstrip('0').rstrip('.') if isinstance(value, float) else str(value))}"
                       for key, value in attributes.items())
        return f"<{name}{text}/>" if content is None else f"<{name}{text}>{escape(content)}</{name}>"

    def text(self, x, y, content, cls="text", size=13, anchor="start", **attributes):
        self.parts.append(self.element("text", content, cls, x=float(x), y=float(y), font_size=size, text_anchor=anchor, **attributes))

    def rect(self, x, y, width, height, cls, **attributes):
        self.parts.append(self.element("rect", cls=cls, x=float(x), y=float(y), width=float(width), height=float(height), stroke="none",
                                       **attributes))

    def line(self, x1, y1, x2, y2, cls, **attributes):
        self.parts.append(self.element("line", cls=cls, x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), **attributes))

    def circle(self, x, y, radius, cls):
        self.parts.append(self.element("circle", cls=cls, cx=float(x), cy=float(y), r=radius))

    def path(self, points, cls, dashed=False):
        dashes = {"stroke_dasharray": "6 4"} if dashed else {}
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(self.element("polyline", cls=cls, points=places, style="fill:none", stroke_width=2, **dashes))

    def save(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" height="{self.height}" '
                       f'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif" role="img">\n')
            file.write("\n".join(self.parts) + "\n</svg>\n")
