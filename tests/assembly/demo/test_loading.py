"""What the demo changes of the workspace that it is loaded into."""

import pytest
from tests.people.erasing.told import brand, identify

from lianyi.assembly.demo.loading import take_currency
from lianyi.foundation.workspaces.queries import currency_of, workspace_of_id


@pytest.mark.django_db(transaction=True)
def test_a_new_brand_counts_in_the_currency_of_its_orders_and_one_that_has_begun_stays_as_it_is() -> None:
    with brand() as new, brand() as begun:
        begun.send(identify("a"))
        begun.run()
        for one in (new, begun):
            take_currency(workspace_of_id(one.workspace))
        assert (currency_of(new.workspace), currency_of(begun.workspace)) == ("GBP", "CNY")
