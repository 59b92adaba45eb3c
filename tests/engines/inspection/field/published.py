"""Networks of the published table of receptive fields, as graphs with few channels."""

from __future__ import annotations

from tests.engines.inspection.field.nets import Net


def vgg16(size: int) -> Net:
    net, at = Net(1, 1, size, size), "x"
    for block, count in enumerate((2, 2, 3, 3, 3), 1):
        for _ in range(count):
            at = net.conv(at, 3, 1, 1)
        at = net.pool(at, 2, 2, name=f"pool{block}")
    return net


def resnet(size: int, counts: tuple[int, ...], bottleneck: bool = True, stride_first: bool = False) -> Net:
    """Blocks of two 3x3, or of 1x1, 3x3, 1x1 with the stride in the 3x3 or in the 1x1 before it."""
    net = Net(1, 1, size, size)
    at = net.pool(net.conv("x", 7, 2, 3), 3, 2, 1)
    for stage, count in enumerate(counts, 1):
        for index in range(count):
            stride = 2 if stage > 1 and index == 0 else 1
            if bottleneck:
                first, second = (stride, 1) if stride_first else (1, stride)
                body = net.conv(net.conv(net.conv(at, 1, first), 3, second, 1), 1)
            else:
                body = net.conv(net.conv(at, 3, stride, 1), 3, 1, 1)
            name = f"block{stage}" if index == count - 1 else ""
            at = net.add(body, net.conv(at, 1, stride) if index == 0 else at, name=name)
    return net


def mobilenet_v1(size: int) -> Net:
    net = Net(1, 2, size, size)
    at = net.conv("x", 3, 2, 1)
    for stride in (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1):
        at = net.conv(net.conv(at, 3, stride, 1, groups=2), 1)
    net.add(at, at, name="last")
    return net


def inception_v3(size: int) -> Net:
    net = Net(1, 1, size, size)
    at = net.pool(net.conv(net.conv(net.conv("x", 3, 2), 3), 3, 1, 1), 3, 2)
    at = net.pool(net.conv(net.conv(at, 1), 3), 3, 2)
    for _ in range(3):
        at = net.concat(net.conv(at, 1), net.conv(net.conv(at, 1), 5, 1, 2),
                        _chain(net, at, 1, 3, 3), net.conv(net.pool(at, 3, 1, 1), 1))  # fmt: skip
    at = net.concat(net.conv(at, 3, 2), net.conv(_chain(net, at, 1, 3), 3, 2), net.pool(at, 3, 2))
    wide, high = (1, 7), (7, 1)
    for _ in range(4):
        at = net.concat(net.conv(at, 1), _chain(net, at, 1, wide, high), _chain(net, at, 1, high, wide, high, wide),
                        net.conv(net.pool(at, 3, 1, 1), 1))  # fmt: skip
    at = net.concat(net.conv(net.conv(at, 1), 3, 2), net.conv(_chain(net, at, 1, wide, high), 3, 2),
                    net.pool(at, 3, 2))  # fmt: skip
    for index in range(2):
        one, two = net.conv(at, 1), _chain(net, at, 1, 3)
        split = [_chain(net, each, kernel) for each in (one, two) for kernel in ((1, 3), (3, 1))]
        name = "last" if index else ""
        at = net.concat(net.conv(at, 1), *split, net.conv(net.pool(at, 3, 1, 1), 1), name=name)
    return net


def _chain(net: Net, at: str, *kernels: int | tuple[int, int]) -> str:
    for kernel in kernels:
        high, wide = (kernel, kernel) if isinstance(kernel, int) else kernel
        at = net.conv(at, kernel, 1, (high // 2, wide // 2))
    return at
