"""Networks of usual sizes, untrained, to measure the inspector on: ResNet-50, and a model whose weights are shared."""

from __future__ import annotations

from torch import Tensor, nn

LAYERS = (3, 4, 6, 3)


class Bottleneck(nn.Module):
    """He et al. 2016, with the stride in the 3x3."""

    def __init__(self, taken: int, width: int, stride: int) -> None:
        super().__init__()
        given = 4 * width
        self.conv1, self.bn1 = nn.Conv2d(taken, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, given, 1, bias=False), nn.BatchNorm2d(given)
        self.relu, self.downsample = nn.ReLU(), None
        if stride != 1 or taken != given:
            self.downsample = nn.Sequential(nn.Conv2d(taken, given, 1, stride, bias=False), nn.BatchNorm2d(given))

    def forward(self, x: Tensor) -> Tensor:
        kept = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.relu(self.bn2(self.conv2(x)))
        return self.relu(self.bn3(self.conv3(x)) + kept)


class ResNet50(nn.Module):
    """25.6 million parameters, 4.1 thousand million multiply-adds at 224 x 224."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        )
        stages, taken = [], 64
        for number, repeats in enumerate(LAYERS):
            width = 64 << number
            blocks = [
                Bottleneck(taken if not at else 4 * width, width, 2 if number and not at else 1)
                for at in range(repeats)
            ]
            stages.append(nn.Sequential(*blocks))
            taken = 4 * width
        self.stages = nn.Sequential(*stages)
        self.pool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(taken, 1000)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.pool(self.stages(self.stem(x))).flatten(1))


class Shared(nn.Module):
    """One layer that is used twice: 10 x 10 weights and 10 biases; its second use adds none."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(10, 10)
        self.again = self.layer

    def forward(self, x: Tensor) -> Tensor:
        return self.again(self.layer(x))
