"""Pictures followed through a run: what its network said of each on the way; knows nothing of who drew them."""

from dataclasses import dataclass

from model.network import FloatArray


@dataclass(frozen=True, eq=False)
class Reading:
    """What the network said of a watched picture after ``step`` batches: ``probabilities`` (10,) float32."""

    step: int
    probabilities: FloatArray
