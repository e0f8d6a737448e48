"""What waits is asked together, as far as that saves anything, and everyone gets the answers to their own questions."""

import asyncio
import threading

from haechi.web.lookups import MOST_TOGETHER, Lookups, Scope


async def asked(*lists):
    """Ask all of it at once of one thread; return the answers, and how many queries each search had."""
    searches, is_open = [], threading.Event()

    def look_up(queries, _scope):
        is_open.wait(10)  # the first is being searched while the others come
        searches.append(len(queries))
        return [("answer", query) for query in queries]

    lookups = Lookups(look_up, threads=1)
    try:
        waiting = [asyncio.ensure_future(lookups.ask(one, Scope())) for one in lists]
        await asyncio.sleep(0)
        is_open.set()
        return await asyncio.gather(*waiting), searches
    finally:
        lookups.close()


def test_single_lookups_that_wait_are_asked_together():
    lists = [[f"{number}"] for number in range(100)]
    answers, searches = asyncio.run(asked(*lists))
    assert answers == [[("answer", query)] for (query,) in lists]
    assert searches[0] == 1
    assert max(searches) == MOST_TOGETHER
    assert len(searches) < 5


def test_long_lists_are_asked_one_after_the_other_and_in_pieces():
    lists = [[f"{name}{number}" for number in range(100)] for name in "abc"]
    answers, searches = asyncio.run(asked(*lists, [f"z{number}" for number in range(4 * MOST_TOGETHER + 1)]))
    assert answers[1] == [("answer", query) for query in lists[1]]
    rest = 100 - MOST_TOGETHER
    assert searches == [*[MOST_TOGETHER, rest] * 3, *[MOST_TOGETHER] * 4, 1]
