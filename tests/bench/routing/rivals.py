"""What the predictor is measured against: LiteLLM's complexity router, by its own code."""

import asyncio
import importlib
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from routing.backends.litellm_import import Untyped, litellm_module

Numbers: TypeAlias = NDArray[np.float64]

_TIERS: Final = ("SIMPLE", "MEDIUM", "COMPLEX", "REASONING")
_MODULE: Final = "litellm.router_strategy.complexity_router.complexity_router"


def complexity_router() -> Untyped:
    """Return LiteLLM's complexity router as it comes, without any deployment behind it."""
    asyncio.run(_imported())
    return importlib.import_module(_MODULE).ComplexityRouter("bench", None)


async def _imported() -> None:
    await litellm_module()


def complexities(prompts: Sequence[str]) -> tuple[Numbers, NDArray[np.int64]]:
    """Return the score LiteLLM gives each prompt, and the number of the tier it puts it in."""
    router = complexity_router()
    found = [router.classify(prompt) for prompt in prompts]
    tiers = [_TIERS.index(tier.value) for tier, _score, _signals in found]
    return np.array([score for _tier, score, _signals in found], float), np.array(tiers, np.int64)


def ladder(quality: Numbers, cost: Numbers) -> list[int]:
    """Return the models worth having by their means, cheapest first: each better than all cheaper.

    Tiers are put on it as an operator would: the cheapest at the bottom, the best on top.
    """
    best, steps = -1.0, []
    for model in np.lexsort((-quality, cost)):
        if quality[model] > best:
            best = float(quality[model])
            steps.append(int(model))
    return steps


def tier_models(steps: Sequence[int], shift: int = 0) -> NDArray[np.int64]:
    """Return a model for each tier, evenly spaced on the ladder and moved along it by `shift`."""
    places = np.linspace(0, len(steps) - 1, len(_TIERS)).round().astype(int) + shift
    return np.array([steps[place] for place in np.clip(places, 0, len(steps) - 1)], np.int64)
