import copy

import pytest
import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import nn

from workers.engines import packed


class Block(nn.Module):
    """Both kinds of linear layers that vision towers have, nested."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(32, 4, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(32, 96), nn.GELU(), nn.Linear(96, 32, bias=False))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        seen, _ = self.attention(inputs, inputs, inputs)
        return self.mlp(seen)


@pytest.fixture
def block():
    torch.manual_seed(0)
    return Block().eval()


@pytest.mark.parametrize("shape", [(1, 50, 32), (3, 7, 32), (1, 1, 32)])
def test_packed_layers_compute_the_same_for_any_number_of_rows(block, monkeypatch, shape):
    monkeypatch.setattr(packed, "_is_faster", lambda packed, linears, rows: True)
    inputs = torch.randn(*shape)
    with torch.inference_mode():
        before = copy.deepcopy(block)(inputs)

        assert packed.pack(block, rows=50)

        assert all(layer.weight.layout is torch._mkldnn for layer in block.mlp if type(layer) is nn.Linear)
        assert torch.allclose(block(inputs), before, atol=1e-6)


def test_layers_in_another_format_stay(block, monkeypatch):
    asked = []
    monkeypatch.setattr(packed, "_is_faster", lambda packed, linears, rows: asked.extend(linears))

    assert not packed.pack(block.bfloat16(), rows=50)

    assert asked == []


def test_nothing_changes_where_packing_is_slower(block, monkeypatch):
    times_s = iter([2.0, 1.0])
    monkeypatch.setattr(packed, "_time_s", lambda layers, inputs: next(times_s))

    assert not packed.pack(block, rows=50)

    assert block.mlp[0].weight.layout is torch.strided
    assert "forward" not in vars(block.mlp[0])


@pytest.mark.parametrize("size", [(24, 24), (8, 40)])
def test_packed_convolutions_compute_the_same_for_any_size_of_picture(size):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(4, 16, 3, padding=1), nn.SiLU(), nn.Conv2d(16, 8, 3, stride=2, groups=2)).eval()
    plain = copy.deepcopy(network)
    inputs = torch.randn(2, 4, *size)

    packed.pack_convolutions(network)

    with torch.inference_mode():
        network(torch.randn(1, 4, 24, 24))  # packs
        assert network[0].weight.layout is not torch.strided
        assert torch.allclose(network(inputs), plain(inputs), atol=1e-6)


def test_lora_of_a_packed_convolution_is_heeded():
    torch.manual_seed(0)
    network, inputs = nn.Sequential(nn.Conv2d(4, 8, 3)).eval(), torch.randn(1, 4, 12, 12)
    plain = copy.deepcopy(network)
    packed.pack_convolutions(network)
    network(inputs)

    found = []
    for one in (network, plain):
        torch.manual_seed(1)
        inject_adapter_in_model(LoraConfig(r=2, target_modules=["0"], init_lora_weights=False), one)
        with torch.inference_mode():
            found.append(one(inputs))

    assert torch.allclose(*found, atol=1e-6)
    with torch.inference_mode():
        assert not torch.allclose(found[0], network[0].base_layer(inputs))


def test_where_there_is_nothing_to_pack_nothing_is_tried(monkeypatch):
    monkeypatch.setattr(packed, "_is_faster", lambda packed, linears, rows: True)

    assert not packed.pack(nn.Sequential(nn.Conv2d(4, 8, 3)), rows=50)
