"""Write the companies of the demonstration: some hundred, of many countries, all invented.

    ./passerelle run python scripts/make_demo_suppliers.py [FILE]

The same every time, so that the file in the repository only changes when this script does. Names are made of
syllables, every domain ends in .example, and there is no VAT number: one that passes its check might be somebody's.
"""

# ruff: noqa: SIM905  words in a row are read more easily than a column of strings
from __future__ import annotations

import csv
import random
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "brands" / "demo" / "demonstration" / "suppliers.csv"
COLUMNS = (
    "cofor,name,duns,country,vat_number,registration_number,street,postcode,city,website,contact_email,email_domains,"
    "active,closed_reason,successor_cofor,sites,sucos,kind,categories"
).split(",")
READABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L
CATEGORIES = ("series_parts", "spare_parts", "equipment_maintenance", "applications_services")

BEGIN = "Al Bor Cal Dor El Far Gal Hel Ir Jar Kor Lim Mar Ner Or Pel Quen Ros Sal Tor Ul Val Wes Yr Zan".split()
END = "dane vex mira lune bris fors gand holm kast lind monte nex pole quist rive sande tage valle wick zel".split()

# Country: how many, postcode, cities, trades, legal forms. A hyphen in a word stands for a blank.
COUNTRIES: dict[str, tuple[int, str, str, str, str]] = {
    "FR": (66, "#####", "Lyon Cluses Vesoul Cholet Saint-Étienne Le-Mans", "Décolletage Emboutissage Fonderie Câblage "
           "Plasturgie Outillage Traitement-de-surface Logiciels", "SAS SARL SA"),
    "DE": (46, "#####", "Solingen Chemnitz Ulm Göttingen Hagen", "Feinguss Umformtechnik Kabelbau Kunststofftechnik "
           "Werkzeugbau Messtechnik", "GmbH AG GmbH-&-Co.-KG"),
    "IT": (28, "#####", "Brescia Modena Torino Lecco", "Stampaggio Fonderia Molle Guarnizioni Automazione",
           "S.r.l. S.p.A."),
    "ES": (22, "#####", "Vigo Zaragoza Mondragón Valladolid", "Fundición Troquelados Muelles Logística", "S.L. S.A."),
    "GB": (22, "AB# #CD", "Coventry Telford Derby Swindon", "Castings Pressings Springs Seals Toolmaking Software",
           "Ltd plc"),
    "PL": (16, "##-###", "Wrocław Łódź Rzeszów Gliwice", "Odlewnia Narzędzia Tworzywa Kable", "Sp.-z-o.o. S.A."),
    "PT": (12, "####-###", "Aveiro Braga Setúbal", "Moldes Fundição Plásticos", "Lda S.A."),
    "NL": (10, "#### AB", "Eindhoven Tilburg Zwolle", "Kunststoffen Metaal Techniek", "B.V."),
    "BE": (10, "####", "Liège Gent Mons", "Usinage Verspaning Lubrifiants", "SRL BV SA"),
    "CZ": (10, "### ##", "Plzeň Liberec Zlín", "Slévárna Nástroje Plasty", "s.r.o. a.s."),
    "RO": (8, "######", "Sibiu Pitești Oradea", "Cablaje Turnătorie Scule", "S.R.L."),
    "TR": (8, "#####", "Bursa İzmir Eskişehir", "Döküm Yay Plastik", "A.Ş. Ltd.-Şti."),
    "SE": (7, "### ##", "Göteborg Värnamo Luleå", "Fjädrar Gjuteri Verktyg", "AB"),
    "MA": (7, "#####", "Tanger Kénitra Casablanca", "Câblage Emboutissage Mousses", "SARL SA"),
    "US": (9, "#####", "Toledo Dayton Greenville", "Bearings Stampings Controls", "Inc. LLC"),
    "BR": (5, "#####-###", "Curitiba Betim", "Fundição Borrachas", "Ltda."),
    "IN": (5, "######", "Pune Chennai", "Forgings Castings", "Pvt.-Ltd."),
    "CN": (5, "######", "Wuxi Ningbo", "Tooling Electronics", "Co.-Ltd."),
    "MX": (4, "#####", "Puebla Saltillo", "Estampados Arneses", "S.A.-de-C.V."),
    "SK": (4, "### ##", "Žilina Trnava", "Nástroje Plasty", "s.r.o."),
    "TN": (4, "####", "Sousse Bizerte", "Câblage Plastiques", "SARL"),
}  # fmt: skip

# Spellings that a portal meets one day: apostrophes, hyphens, other alphabets, quotes, very short and very long.
SPECIAL = (
    ("FR", "L'Atelier d'Ormevert", "Besançon"),
    ("FR", "Établissements Œuvrard-Hélin & Fils", "Angoulême"),
    ("FR", "N'Sondé Ingénierie", "Évreux"),
    ("IE", "O'Tarrell & Daughters Ltd", "Cork"),
    ("IT", "Officine Dell'Avèna S.r.l.", "Reggio nell'Emilia"),
    ("DE", "Größling & Söhne Präzisionsteile GmbH", "Münster"),
    ("DK", "Sørbække Ægirsværk A/S", "Aalborg"),
    ("JP", "株式会社ミズハラ架空製作所", "浜松市"),
    ("CN", "无锡市虚构精密零件有限公司", "无锡市"),
    ("GR", "Φανταστική Χυτήρια Α.Ε.", "Θεσσαλονίκη"),
    ("BG", "Въображаеми Пружини ООД", "Пловдив"),
    ("EG", "شركة الخيال للمسبوكات", "الإسكندرية"),
    ("KR", "가상정밀 주식회사", "창원시"),
    ("GB", 'The "Quayside" Gasket Company Ltd', "Hull"),
    ("NL", "'t Verzonnen Veer B.V.", "'s-Hertogenbosch"),
    ("US", "Q3 LLC", "Reno"),
    ("ES", "Compañía Imaginaria de Fundiciones, Troquelados y Mecanizados de Precisión del Alto Valle del Ebro S.A.",
     "Miranda de Ebro"),
)  # fmt: skip
CLOSED = (
    "Wound up by its shareholders",
    "Liquidation judiciaire",
    "Merged into its parent company",
    "Activity stopped",
    "Sold, and registered anew under another code",
    "Struck off the register",
)


def rows() -> list[dict[str, str]]:
    """Every company, in the order of its code."""
    draw = random.Random("demonstration")  # the same companies every time
    stems = [begin + end for begin in BEGIN for end in END]
    draw.shuffle(stems)
    named = [*_named(draw, iter(stems)), *SPECIAL]
    companies = [_company(draw, number, *one) for number, one in enumerate(named)]
    companies.sort(key=lambda row: row["cofor"])
    _close_some(draw, companies)
    return companies


def _named(draw: random.Random, stems: Iterator[str]) -> Iterator[tuple[str, str, str]]:
    for country, (count, _, cities, trades, forms) in COUNTRIES.items():
        for _ in range(count):
            words = [next(stems), draw.choice(trades.split()), draw.choice(forms.split())]
            yield country, " ".join(word.replace("-", " ") for word in words), draw.choice(cities.split())


def _company(draw: random.Random, number: int, country: str, name: str, city: str) -> dict[str, str]:
    # A digit among the first three: the codes of the demonstration's own table begin with letters.
    cofor = draw.choice(READABLE[8:]) + draw.choice(READABLE[:8]) + "".join(draw.choices(READABLE, k=4))
    slug = _slug(name) or f"company-{country.lower()}-{number}"
    domain = f"{slug}.example"
    known = draw.random()  # a few companies have nobody on record: the Assistance verifies their requests
    contacts = [f"contact@{domain}", f"{draw.choice(['sales', 'direction', 'quality'])}@{domain}"]
    sites = [f"{n:02}:{_word(draw)} works" for n in range(1, draw.choice((0, 0, 1, 1, 2, 4)) + 1)]
    sucos = [f"{cofor}S{n}" for n in range(1, draw.choice((0, 1, 1, 2, 3)) + 1)]
    shape = COUNTRIES[country][1] if country in COUNTRIES else "#####"
    return {
        "cofor": cofor,
        "name": name,
        "duns": f"99{draw.randrange(10):1}{number * 2311 % 1_000_000:06}" if draw.random() < 0.95 else "",
        "country": country,
        "vat_number": "",
        "registration_number": f"FICT-{country}-{number + 1:05}",
        "street": f"{draw.randrange(1, 180)} {draw.choice(('Example Street', 'Sample Road', 'Specimen Lane'))}",
        "postcode": re.sub("#", lambda _: str(draw.randrange(10)), shape),
        "city": city.replace("-", " ") if city.startswith("Le-") else city,
        "website": f"https://www.{domain}" if draw.random() < 0.8 else "",
        "contact_email": "|".join(contacts[: 1 + (known > 0.6)]) if known > 0.12 else "",
        "email_domains": domain if known > 0.08 else "",
        "active": "true",
        "closed_reason": "",
        "successor_cofor": "",
        "sites": "|".join(sites),
        "sucos": "|".join(sucos),
        "kind": "partner" if draw.random() < 0.06 else "supplier",
        "categories": "|".join(sorted(draw.sample(CATEGORIES, draw.choice((1, 1, 1, 2))))),
    }


def _close_some(draw: random.Random, companies: list[dict[str, str]]) -> None:
    closed = draw.sample(companies[40:], 12)
    heirs = draw.sample([company for company in companies[40:] if company not in closed], 2)
    for number, company in enumerate(closed):
        company.update(active="false", closed_reason=CLOSED[number % len(CLOSED)])
    for company, heir in zip((closed[2], closed[4]), heirs, strict=True):
        company["successor_cofor"] = heir["cofor"]


def _slug(name: str) -> str:
    """The first word in plain letters, which is unique; nothing for a name of another alphabet."""
    plain = unicodedata.normalize(
        "NFKD", name.replace("Ø", "O").replace("ø", "o").replace("Œ", "Oe").replace("ß", "ss")
    )
    words = re.findall(r"[a-z0-9]{2,}", plain.encode("ascii", "ignore").decode().lower().replace("'", " "))
    return "-".join(words[:2]) if len(words) > 1 and len(words[0]) < 5 else words[0] if words else ""


def _word(draw: random.Random) -> str:
    return draw.choice(BEGIN) + draw.choice(END)


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows())


if __name__ == "__main__":
    main()
