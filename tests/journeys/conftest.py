"""The whole product with the data of the demo, and browsers to visit it with."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.conftest import DatabaseMaker
from tests.support.browser import Visitor
from tests.support.mailbox import Mailbox
from tests.support.product import BEAT, MAILBOX, WEB, WORKERS, Product, own_broker


@pytest.fixture(scope="session")
def product(
    new_database: DatabaseMaker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    with own_broker(os.environ["TEST_REDIS_URL"]) as url:
        product = Product(tmp_path_factory.mktemp("product"), new_database(), url)
        try:
            product.flask("gemeenten", "import")
            product.flask("vocabulary", "import")
            product.flask("demo", "seed")
            product.own_no_table()
            product.start(MAILBOX, WEB, *WORKERS, BEAT)
            product.wait_until_quiet()
            yield product
        finally:
            product.close()


@pytest.fixture
def arrive(product: Product, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser of its own for somebody; at the end no page may have caused trouble."""
    visitors: list[Visitor] = []

    def arrive(*, scripts: bool = True) -> Visitor:
        visitors.append(Visitor.arrive(browser, product.base_url, scripts=scripts))
        return visitors[-1]

    yield arrive
    for visitor in visitors:
        visitor.leave()


@pytest.fixture
def box(product: Product) -> Mailbox:
    return Mailbox(product.maildir)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Show what the processes said beside the test that failed."""
    report = yield
    product = getattr(item, "funcargs", {}).get("product")
    if report.failed and isinstance(product, Product):  # type: ignore[attr-defined]
        report.sections.append(("product", product.logs()))  # type: ignore[attr-defined]
    return report
