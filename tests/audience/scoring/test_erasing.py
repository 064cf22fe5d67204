"""Who is erased is in no score, and others keep theirs."""

from tests.audience.scoring.conftest import Shop
from tests.people.erasing.told import identify, viewed

from lianyi.audience.scoring import upkeep
from lianyi.kernel.clock import system_clock, to_micros


def test_who_is_erased_leaves_every_score_and_is_told_of_no_more(shop: Shop) -> None:
    shop.tell(identify("a"), identify("b", city="Beijing"))
    shop.score()
    shop.tell(identify("a", city="Shanghai"), identify("b", city="Shanghai"), viewed("a"), viewed("b"))
    a, b = shop.person("a"), shop.person("b")
    shop.brand.run()
    assert shop.who({"kind": "score", "axis": "fit", "at_least": 50}) == sorted([a, b])
    erased = shop.brand.erase("user_id", "a")
    shop.tell(*({"userId": "b", "event": "Quote Asked", "properties": {"seats": 10}} for _ in range(2)))
    assert erased.database["scoring_change"] == 1
    assert upkeep.build(shop.workspace, to_micros(system_clock()))
    assert shop.who({"kind": "score", "axis": "fit", "at_least": 50}) == [b]
    assert [one[:4] for one in shop.told()] == [(b, "invalid", "watch", 50), (b, "watch", "hot", 50)]
    assert shop.differences() == []
    assert a not in shop.who({"kind": "score", "axis": "engagement", "at_most": 100})
