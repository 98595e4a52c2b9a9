"""Exchange rates, and the prices that follow from them."""

from modulehost import settings
from modulehost.automation.declaring import Task
from modulehost.billing.catalog import Invalid, currencies
from modulehost.context import Ctx
from modulehost.journal import Report


def rates(ctx: Ctx, report: Report) -> None:
    """Setting CurrencyAutoUpdateExchangeRates: what hooks know of today's rates."""
    if not _wanted(ctx, report, "CurrencyAutoUpdateExchangeRates"):
        return
    try:
        changed = currencies.update_rates(ctx)
    except Invalid as error:
        report.skip("no hook gave exchange rates", str(error))
        return
    for code in changed:
        report.did("exchange rates updated", code)


def prices(ctx: Ctx, report: Report) -> None:
    """Setting CurrencyAutoUpdateProductPrices: prices in other currencies are the default currency's times the rate."""
    if _wanted(ctx, report, "CurrencyAutoUpdateProductPrices"):
        with ctx.unit() as db:
            report.did("price rows worked out", count=currencies.update_prices(db))


def _wanted(ctx: Ctx, report: Report, name: str) -> bool:
    with ctx.unit(read=True) as db:
        wanted = settings.on(db, name)
    if not wanted:
        report.skip(f"the setting {name} is off")
    return wanted


TASKS = [
    Task("CurrencyUpdateExchangeRates", "Currency Exchange Rates", "Asks hooks for today's exchange rates", rates),
    Task("CurrencyUpdateProductPricing", "Product Pricing Updates", "Works out the prices in other currencies by their rates", prices),
]  # fmt: skip
