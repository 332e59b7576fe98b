"""The pages, in the order of the navigation: a module each, with a ``PAGE``."""

from sitbone.dashboard.frame import Page
from sitbone.dashboard.pages import diary, today

PAGES: tuple[Page, ...] = (today.PAGE, diary.PAGE)
