"""The pages, in the order of the navigation: one module each, with a ``PAGE``."""

from sitbone.dashboard.frame import Page
from sitbone.dashboard.pages import cushion, diary, live, rehab, today, trends, tune

PAGES: tuple[Page, ...] = (today.PAGE, trends.PAGE, live.PAGE, diary.PAGE, tune.PAGE, rehab.PAGE, cushion.PAGE)
