import numpy as np

from routing.learned.landmarks import fit_landmarks, nearness
from tests.routing.learned.worlds import prompts


def test_prompts_like_those_seen_are_said_to_be_like_them() -> None:
    statistics, vectors, kind = prompts(300)
    targets = (kind[:, None] == 1).astype(np.float32)

    landmarks = fit_landmarks(statistics, vectors, targets, count=80, caution=1.0)

    unseen_statistics, unseen_vectors, unseen_kind = prompts(60, seed=7)
    said = landmarks.said(landmarks.likeness(unseen_statistics, unseen_vectors))[:, 0]
    assert said[unseen_kind == 1].mean() > 0.8
    assert said[unseen_kind != 1].mean() < 0.2


def test_prompts_far_from_every_landmark_are_not_near() -> None:
    statistics, vectors, kind = prompts(300)
    targets = kind[:, None].astype(np.float32)
    landmarks = fit_landmarks(statistics, vectors, targets, count=80, caution=1.0)

    likeness = landmarks.likeness(statistics + 20.0, -vectors)

    usual = nearness(landmarks.likeness(statistics, vectors))
    assert nearness(likeness).max() < usual.min()
