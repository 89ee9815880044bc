"""The models that drawing is measured with."""

import torch
from diffusers import ControlNetModel

from benchmarks.draw import let_lines_matter


def test_another_line_makes_another_picture():
    torch.manual_seed(0)
    net = ControlNetModel(
        block_out_channels=(8, 16), layers_per_block=1, cross_attention_dim=8, attention_head_dim=4, norm_num_groups=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), conditioning_embedding_out_channels=(8, 8, 16, 16),
    )  # fmt: skip
    let_lines_matter(net)
    latents, words, shown = torch.randn(1, 4, 8, 8), torch.randn(1, 3, 8), torch.zeros(2, 3, 64, 64)
    shown[0, :, 10:13], shown[1, :, 30:33] = 1, 1

    with torch.no_grad():
        added = [net(latents, 500, words, line[None], return_dict=False)[0] for line in shown]

    for one, other in zip(*added, strict=True):
        assert (one - other).abs().mean() > 0.05
