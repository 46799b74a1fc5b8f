"""A drawing as the canvas sends it, for pages that run without a browser; draws one stroke."""

import base64
import io

from PIL import Image, ImageDraw

from ui.state.canvas_strokes import CanvasState


def canvas_state(points: list[tuple[int, int]]) -> CanvasState:
    """What the canvas sends after one stroke through these points of its 280 x 280 pixels."""
    picture = Image.new("RGBA", (280, 280), "#000000")
    ImageDraw.Draw(picture).line(points, fill="#FFFFFF", width=20, joint="curve")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    data = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    return {"drawing": {"raw": {"objects": [{"type": "Path"}]}, "data": data}, "backgroundFit": None}
