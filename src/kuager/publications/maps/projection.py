"""From longitude and latitude to a plane, in radii of the earth: both projections keep areas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kuager.publications.maps.shapes import Ring

Projection = Callable[[Ring], Ring]

_A = (1.340264, -0.081106, 0.000893, 0.003796)


def equal_earth(points: Ring) -> Ring:
    """The world in one picture (Šavrič, Patterson and Jenny, "The Equal Earth map projection", IJGIS 2018)."""
    longitude, latitude = np.radians(points[:, 0]), np.radians(points[:, 1])
    parameter = np.arcsin(np.sqrt(3) / 2 * np.sin(latitude))
    square = parameter * parameter
    sixth = square**3
    derivative = _A[0] + 3 * _A[1] * square + sixth * (7 * _A[2] + 9 * _A[3] * square)
    x = 2 * np.sqrt(3) / 3 * longitude * np.cos(parameter) / derivative
    y = parameter * (_A[0] + _A[1] * square + sixth * (_A[2] + _A[3] * square))
    return np.column_stack((x, y))


def azimuthal(rings: list[Ring]) -> Projection:
    """Lambert's azimuthal equal-area projection around the middle of some rings (Snyder, USGS PP 1395, page 182).

    The middle is that of unit vectors, so that a country on both sides of the 180th meridian stays in one piece.
    """
    points = np.concatenate(rings)
    longitude, latitude = np.radians(points[:, 0]), np.radians(points[:, 1])
    vectors = np.column_stack(
        (np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude))
    )
    x, y, z = vectors.mean(axis=0)
    return _around(float(np.arctan2(y, x)), float(np.arctan2(z, np.hypot(x, y))))


def _around(longitude: float, latitude: float) -> Projection:
    sine, cosine = np.sin(latitude), np.cos(latitude)

    def project(points: Ring) -> Ring:
        turned, across = np.radians(points[:, 0]) - longitude, np.radians(points[:, 1])
        facing = 1 + sine * np.sin(across) + cosine * np.cos(across) * np.cos(turned)
        scale = np.sqrt(2 / np.maximum(facing, 1e-9))
        x = scale * np.cos(across) * np.sin(turned)
        y = scale * (cosine * np.sin(across) - sine * np.cos(across) * np.cos(turned))
        return np.column_stack((x, y))

    return project
