"""Rigidity: whether the small parts of two registered faces lie where one affine map puts them.

In one exposure all parts move together. In another shot each part of a face moves by itself, by a little.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from haechi.adapters.tracing.opencv import Floats, Mask, Matrix
from haechi.adapters.tracing.register import band
from haechi.domain.trace_tiles import Cell

_PARTS = 4.2
_SEARCH = 0.045
_TOLERANCE = 0.018
_FLAT = 0.35
_MATCHING = 0.6
_BEST, _THIRD = 0.6, 1 / 3
_STRONG = 0.8
_FEWEST, _FEWEST_BENT = 5, 12


@dataclass(frozen=True, slots=True)
class Tiles:
    """Tiles of the face that could be compared, and how they lie.

    `middles` and `moves` are in pixels of the frame, `peaks` the correlation where each was found again, `errors` what
    the common affine map does not explain, in face widths. `coherence` is the mean of the best 60 %.
    """

    middles: Floats
    moves: Floats
    peaks: Floats
    errors: Floats
    bent: Floats
    """What a field of second degree does not explain: that of a face that was bent a little to fit."""
    possible: int
    """Tiles that lie on the face, comparable or not."""

    @property
    def is_enough(self) -> bool:
        """Whether there are enough tiles to say anything."""
        return len(self.peaks) >= _FEWEST

    @property
    def agreeing(self) -> Floats:
        """How far each tile is the same, 0 to 1: its correlation, less for what it moved by itself."""
        return np.asarray(np.clip(self.peaks, 0, 1) * np.exp(-((self.errors / _TOLERANCE) ** 2) / 2), np.float32)

    @property
    def coherence(self) -> float:
        """The mean of the best 60 % of the tiles' agreement: what a covered part does not spoil."""
        return _best(self.agreeing) if self.is_enough else 0.0

    @property
    def best_third(self) -> float:
        """The mean of the best third of the tiles' agreement: what even a face covered to two thirds can keep."""
        return _best(self.agreeing, _THIRD) if self.is_enough else 0.0

    @property
    def strong(self) -> float:
        """The share of all tiles of the face that were found again nearly unchanged and nearly exactly in place."""
        if not self.is_enough:
            return 0.0
        return float(((self.peaks > _STRONG) & (self.errors < _TOLERANCE / 2)).sum() / max(1, self.possible))

    @property
    def bent_coherence(self) -> float:
        """As `coherence`, where the face may have been bent smoothly to fit another head."""
        if not self.is_enough:
            return 0.0
        return _best(np.clip(self.peaks, 0, 1) * np.exp(-((self.bent / _TOLERANCE) ** 2) / 2))

    @property
    def top(self) -> float:
        """The mean of the best 60 % of the correlations alone."""
        return _best(self.peaks) if self.is_enough else 0.0

    @property
    def residual(self) -> float:
        """The median of what the common map does not explain, in face widths."""
        return float(np.median(self.errors)) if self.is_enough else 0.05

    @property
    def fits(self) -> Mask:
        """Which tiles were found again where the common map puts them."""
        return np.asarray((self.peaks > _MATCHING) & (self.errors < _TOLERANCE) & self.is_enough, np.bool_)

    @property
    def matching(self) -> int:
        """How many tiles were found again where the common map puts them."""
        return int(self.fits.sum())


def compare_tiles(one: Floats, other: Floats, mask: Mask, scale: float) -> Tiles:
    """Find each tile of `one` again in `other`, within 4.5 % of a face width of its place."""
    reach = _reach(scale)
    first, second = band(one, 0.8, 3.2), band(other, 0.8, 3.2)
    found: list[tuple[float, ...]] = []
    side, _, places = spots(mask, scale)
    for left, top in places:
        tile = first[top : top + side, left : left + side]
        around = second[top - reach : top + side + reach, left - reach : left + side + reach]
        if tile.std() < _FLAT or around.std() < _FLAT:
            continue
        found.append((left + side / 2, top + side / 2, *_place(tile, around, reach)))
    return _fitted(np.array(found, np.float32).reshape(-1, 5), len(places), scale)


def spots(mask: Mask, scale: float) -> tuple[int, int, list[tuple[int, int]]]:
    """Return the side of a tile, the step between tiles (pixels), and the left upper corner of each that lies on the face."""
    side = max(12, round(scale / _PARTS))
    step = max(4, side // 2)
    reach = _reach(scale)
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return side, step, []
    inner = cv2.integral(mask.astype(np.uint8))
    found = []
    for top in range(max(rows.min(), reach), min(rows.max() + 1, mask.shape[0] - reach) - side + 1, step):
        for left in range(max(columns.min(), reach), min(columns.max() + 1, mask.shape[1] - reach) - side + 1, step):
            bottom, right = top + side, left + side
            covered = inner[bottom, right] - inner[top, right] - inner[bottom, left] + inner[top, left]
            if covered >= 0.6 * side * side:
                found.append((int(left), int(top)))
    return side, step, found


def table(tiles: Tiles, mask: Mask, scale: float) -> list[list[Any]]:
    """Return column, row, letter, correlation (thousandths) and distance (1/10,000 face width) of each tile on the face."""
    side, step, places = spots(mask, scale)
    if not places:
        return []
    left, top = (min(one[axis] for one in places) for axis in (0, 1))
    known = {(round(float(x) - side / 2), round(float(y) - side / 2)): at for at, (x, y) in enumerate(tiles.middles)}
    fits = tiles.fits
    rows: list[list[Any]] = []
    for place in places:
        column, row = (place[0] - left) // step, (place[1] - top) // step
        at = known.get(place)
        if at is None:
            rows.append([column, row, Cell.UNKNOWN.value, None, None])
            continue
        letter = Cell.KEPT if fits[at] else Cell.REPLACED
        correlation = round(1000 * float(np.clip(tiles.peaks[at], -1, 1)))
        apart = round(10_000 * min(float(tiles.errors[at]), 1.0))
        rows.append([column, row, letter.value, correlation, apart])
    return rows


def _reach(scale: float) -> int:
    """Return how far a tile is looked for, in pixels."""
    return max(3, round(scale * _SEARCH))


def field(tiles: Tiles) -> Matrix | None:
    """Return the affine map that takes the tiles' places to where they were found, or None where there are too few."""
    return _common(tiles.middles, tiles.moves, tiles.peaks, 1.0)[0] if tiles.is_enough else None


def _place(tile: Floats, around: Floats, reach: int) -> tuple[float, float, float]:
    """Return how far the tile has moved, to a fraction of a pixel, and its correlation there."""
    map_ = cv2.matchTemplate(around, tile, cv2.TM_CCOEFF_NORMED)
    down, across = np.unravel_index(np.argmax(map_), map_.shape)
    peak = float(map_[down, across])
    dx, dy = float(across - reach), float(down - reach)
    if 0 < across < map_.shape[1] - 1 and 0 < down < map_.shape[0] - 1:
        dx += _vertex(map_[down, across - 1], peak, map_[down, across + 1])
        dy += _vertex(map_[down - 1, across], peak, map_[down + 1, across])
    return dx, dy, peak if np.isfinite(peak) else 0.0


def _vertex(before: float, peak: float, after: float) -> float:
    """Return where the parabola through three neighbours has its top, from the middle one."""
    return float(0.5 * (before - after) / (before + after - 2 * peak - 1e-6))


def _fitted(rows: Floats, possible: int, scale: float) -> Tiles:
    middles, moves, peaks = rows[:, :2], rows[:, 2:4], rows[:, 4]
    if len(rows) < _FEWEST:
        none = np.zeros(len(rows), np.float32)
        return Tiles(middles, moves, peaks, none, none, possible)
    errors = _common(middles, moves, peaks, scale)[1]
    bent = _left_over(_second_degree(middles), moves, peaks, scale)[1] if len(rows) >= _FEWEST_BENT else errors
    return Tiles(middles, moves, peaks, errors, bent, possible)


def _common(middles: Floats, moves: Floats, peaks: Floats, scale: float) -> tuple[Matrix, Floats]:
    """Fit one affine field to the moves, robustly; return it as a map of places, and what it leaves over."""
    known = np.hstack([middles, np.ones((len(middles), 1), np.float32)]).astype(np.float64)
    fit, errors = _left_over(known, moves, peaks, scale)
    matrix = fit.T.copy()
    matrix[:, :2] += np.eye(2)
    return matrix, errors


def _second_degree(middles: Floats) -> npt.NDArray[np.float64]:
    spread = np.maximum(middles.std(0), 1e-6)
    x, y = ((middles - middles.mean(0)) / spread).astype(np.float64).T
    return np.stack([x, y, np.ones_like(x), x * x, x * y, y * y], 1)


def _left_over(
    known: npt.NDArray[np.float64], moves: Floats, peaks: Floats, scale: float
) -> tuple[npt.NDArray[np.float64], Floats]:
    """Return the robust least-squares fit of the moves, and what it leaves over in face widths."""
    sure = np.clip(peaks, 0.05, 1).astype(np.float64) ** 2
    weights = sure
    for _ in range(6):
        scaled = known * weights[:, None]
        fit = np.linalg.lstsq(scaled, moves * weights[:, None], rcond=None)[0]
        errors = np.linalg.norm(moves - known @ fit, axis=1) / scale
        spread = max(0.008, float(np.median(errors)))
        weights = sure / (1 + (errors / spread) ** 2)
    return np.asarray(fit, np.float64), np.asarray(errors, np.float32)


def _best(values: npt.NDArray[np.floating], share: float = _BEST) -> float:
    return float(np.sort(values)[::-1][: max(3, int(share * len(values)))].mean())
