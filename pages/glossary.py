"""Glossary: every word of the trade that the app uses, to search, in one plain sentence and one exact one."""

from ui.frame import open_page
from ui.glossary.page import show_glossary

open_page("glossary")
show_glossary()
