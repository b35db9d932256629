"""Which number format a device computes fastest in."""

import torch


def has_bf16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 in hardware; without, it is slower than float32."""
    if device.type == "cpu":
        capabilities = torch.cpu.get_capabilities()
        return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
