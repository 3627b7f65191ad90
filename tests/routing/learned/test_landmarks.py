import numpy as np

from routing.learned.arrays import Scale
from routing.learned.landmarks import fit_landmarks, nearness
from tests.routing.learned.worlds import prompts, scaled


def test_prompts_like_those_seen_are_said_to_be_like_them() -> None:
    statistics, vectors, kind = prompts(300)
    targets = (kind[:, None] == 1).astype(np.float32)

    scale = Scale.fitted(statistics, vectors)

    seen = scaled(statistics, vectors, scale)
    landmarks = fit_landmarks(seen, targets, count=80, caution=1.0)

    unseen_statistics, unseen_vectors, unseen_kind = prompts(60, seed=7)
    unseen = scaled(unseen_statistics, unseen_vectors, scale)
    said = landmarks.said(landmarks.likeness(unseen))[:, 0]
    assert said[unseen_kind == 1].mean() > 0.8
    assert said[unseen_kind != 1].mean() < 0.2


def test_prompts_far_from_every_landmark_are_not_near() -> None:
    statistics, vectors, kind = prompts(300)
    targets = kind[:, None].astype(np.float32)
    scale = Scale.fitted(statistics, vectors)
    seen = scaled(statistics, vectors, scale)
    landmarks = fit_landmarks(seen, targets, count=80, caution=1.0)

    likeness = landmarks.likeness(scaled(statistics + 20.0, -vectors, scale))

    usual = nearness(landmarks.likeness(seen))
    assert nearness(likeness).max() < usual.min()
