"""The pages, in the order of the navigation: a module each, with a ``PAGE``."""

from sitbone.dashboard.frame import Page
from sitbone.dashboard.pages import diary, live, today, trends, tune

PAGES: tuple[Page, ...] = (today.PAGE, trends.PAGE, live.PAGE, diary.PAGE, tune.PAGE)
