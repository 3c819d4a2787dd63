"""The white label: one folder says what the organisation is called, how it looks, what it decides (decision 1).

Nothing here needs Django to be ready, so settings read the brand too.
"""

from passerelle.brand.css import css_hash, css_text
from passerelle.brand.documents import Page, TermsText, page, person_terms, terms
from passerelle.brand.errors import BrandError
from passerelle.brand.load import chosen_folder, current, forget, load
from passerelle.brand.model import Brand
from passerelle.brand.text import Text

__all__ = [
    "Brand",
    "BrandError",
    "Page",
    "TermsText",
    "Text",
    "chosen_folder",
    "css_hash",
    "css_text",
    "current",
    "forget",
    "load",
    "page",
    "person_terms",
    "terms",
]
