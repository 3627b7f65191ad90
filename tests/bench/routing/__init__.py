"""Fits the predictor on folders of recorded outcomes and judges it on others."""
