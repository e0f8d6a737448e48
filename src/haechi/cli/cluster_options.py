"""The options with which the match server is spread over a cluster."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from haechi.language import korean

if TYPE_CHECKING:
    from haechi.bootstrap.matcher import Matcher

_MOST_SHARDS = 256
_MOST_REPLICAS = 64


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """Whether and how lookups are answered by Ray replicas."""

    cluster: Annotated[
        bool,
        Parameter(
            negative="",
            help=korean("여러 프로세스(Ray)가 나누어 답하게 하기. 주소가 없으면 이 컴퓨터 안에서만 만듭니다"),
        ),
    ] = False
    cluster_address: Annotated[
        str | None,
        Parameter(help=korean("이미 있는 Ray 클러스터의 주소. 10.0.0.5:6379 처럼, 이 컴퓨터가 든 곳이면 auto")),
    ] = None
    replicas: Annotated[
        int,
        Parameter(
            validator=Number(gte=1, lte=_MOST_REPLICAS), help=korean("클러스터에서 같은 해시를 맡는 복제본의 수")
        ),
    ] = 2
    shards: Annotated[
        int,
        Parameter(
            validator=Number(gte=1, lte=_MOST_SHARDS),
            help=korean("클러스터에서 해시를 나누는 조각의 수. 한 컴퓨터의 메모리에 다 들어가지 않을 때만"),
        ),
    ] = 1
    copies: Annotated[
        Path | None, Parameter(help=korean("다른 컴퓨터에서 색인의 사본을 둘 폴더. 없으면 임시 파일을 두는 곳"))
    ] = None

    def matcher(self, folder: Path, catalogue: str | None, lists: Path | None = None) -> "Matcher | None":
        """Return the matcher whose lookups a cluster answers; None when none was asked for."""
        if not self.cluster and self.cluster_address is None:
            return None
        from haechi.bootstrap.clustering import Spread, open_clustered_matcher

        spread = Spread(self.cluster_address, self.replicas, self.shards, self.copies)
        return open_clustered_matcher(folder, spread, catalogue_url=catalogue, lists=lists)


ALONE = ClusterOptions()
