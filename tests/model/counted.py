"""What the network says of every training image as it meets it, counted image by image with NumPy beside the training itself."""

import numpy as np

from model.config import TrainingConfig
from model.data.mnist import load_mnist
from model.network import logits
from model.training.batches import epoch_batches
from model.training.loop import initial_state, train_steps
from model.training.state import network_of


def counted_epochs(config: TrainingConfig) -> list[tuple[float, float]]:
    """Mean loss and share read right of each epoch, in training without augmentation, dropout or pen-drawn digits."""
    mnist, state, epochs = load_mnist(), initial_state(config), []
    for epoch in range(config.epochs):
        losses: list[float] = []
        right = 0
        for batch, count in zip(*epoch_batches(config, epoch), strict=True):
            met = batch[:count]
            scores = logits(network_of(config, state), mnist.training_images[met]).astype(np.float64)
            labels = mnist.training_labels[met]
            right += int((scores.argmax(axis=1) == labels).sum())
            losses += (np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(count), labels]).tolist()
            state, _ = train_steps(config, state, 1)
        epochs.append((float(np.mean(losses)), right / config.training_images))
    return epochs
