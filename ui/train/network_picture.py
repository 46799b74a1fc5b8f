"""A network as a picture: its layers as columns of units; where it has learned, its strongest weights as lines, which move with it."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from model.config import LIMITS, TrainingConfig
from model.interpretability.strongest_weights import strongest_weights
from model.network import Network
from ui.elements.plotly_chart import OwnElement, last_sent
from ui.runs.run_names import layers_in_words
from ui.state.language import t
from ui.state.told import is_whole
from ui.train.hyperparameters import SIZE_STEP

LINES: Final = 48  # between two layers
PICTURE: Final = OwnElement("network_picture", '<div class="network"></div>')

Resize = Callable[[Mapping[int, int]], None]


def network_picture(
    config: TrainingConfig, key: str, network: Network | None = None, height: int = 190, resize: Resize | None = None
) -> None:
    """Put the picture on the page, ``height`` pixels high without the words below it.

    Args:
        network: what was learned, of the sizes that ``config`` says; without it every unit is faintly connected with every other.
        resize: called with hidden layers (from 1) and the size each is to have, where the sizes can be set in the picture itself.
    """
    sizes = config.layer_sizes
    hidden = [t("train.hidden_name", layer=layer) for layer in range(1, len(sizes) - 1)]
    names = [t("train.pixels_name"), *hidden, t("train.digits_name")]
    words = "train.diagram_words" if network is None else "train.diagram_weights"
    limit = LIMITS["hidden_sizes"]
    data = {
        "layers": [{"name": name, "size": size} for name, size in zip(names, sizes, strict=True)],
        "lines": None if network is None else _lines(network),
        "height": height,
        "label": t(words, layers=layers_in_words(config), count=LINES),
        "low": int(limit.low),
        "high": int(limit.high),
        "step": SIZE_STEP,
        # Places are put into these words by the browser.
        "words": {
            name: t(f"network_picture.{name}", layer="{layer}", size="{size}") for name in ("less", "more", "now")
        },
        "editable": resize is not None,
    }

    def resized() -> None:
        told = last_sent(key, "resized")
        wanted = {}
        for one in told[: len(sizes)] if isinstance(told, list) else ():
            layer, size = (one.get("layer"), one.get("size")) if isinstance(one, dict) else (None, None)
            if is_whole(layer, 1, len(sizes) - 2) and is_whole(size, int(limit.low), int(limit.high)):
                wanted[layer] = size
        if resize is not None and wanted:
            resize(wanted)

    PICTURE(key=key, data=data, on_resized_change=resized)


def _lines(network: Network) -> list[list[list[int]]]:
    """Between each layer and the next (unit below, unit above, share of the strongest weight in hundredths, with its sign)."""
    lines = []
    for found in strongest_weights(network, LINES):
        strongest = float(np.abs(found.weights[:1]).sum()) or 1.0
        shares = np.rint(100 * found.weights / strongest).astype(int)
        lines.append(np.stack([found.below, found.above, shares], axis=1).tolist())
    return lines
