"""English words that tell the aspects apart: people, places, events, reasons, and verbs that only report.

Common nouns and verbs only, none of one event; lower-case lemmas. The weights decide how much they count.
"""

from __future__ import annotations

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _names(text: str) -> frozenset[str]:
    return frozenset(" ".join(name.lower().split()) for name in re.split(",", text))


PEOPLE: Final = _words(
    """
    people person man woman boy girl child men women victim patient passenger driver suspect attacker bomber gunman
    shooter militant rebel insurgent fighter terrorist soldier troop officer police cop guard official president
    minister mayor governor senator leader chief director head boss champion star legend player coach fan crowd
    resident worker survivor protester demonstrator activist student teacher doctor nurse firefighter crew team family
    father mother son daughter brother sister husband wife couple aide spokesman spokeswoman lawyer judge jury court
    company government army navy force party union group gang tourist refugee migrant voter expert scientist researcher
    pilot captain sailor singer actor actress author king queen prince princess pope bishop dozens hundreds thousands
    scores authority ministry agency investigator rescuer villager farmer employee employer customer shareholder bank
    """
)
#: What stands before a name, and articles: no part of the name.
ADDRESS: Final = _words(
    """
    mr mrs ms dr sir lady lord president president-elect minister premier prime chancellor secretary senator sen rep gov
    governor mayor king queen prince princess general gen colonel captain director chief boss former ex the a an us u.s
    """
)
EVENTS: Final = _words(
    """
    attack crash explosion blast shooting bombing fire flood earthquake quake tsunami storm hurricane eruption
    derailment accident collision strike raid protest march rally election vote referendum meeting talks summit
    conference trial verdict ruling arrest murder killing death war battle clash riot coup race match game final win
    victory defeat deal agreement launch merger resignation visit speech debate outbreak epidemic rescue search
    evacuation kidnapping hijacking robbery theft hack breach leak scandal inquiry investigation probe disaster
    """
)
#: Nouns of places and buildings: a phrase with one is a place though no entity was seen.
PLACES: Final = _words(
    """
    city town village street road avenue square station stop airport port harbour harbor hospital school university
    college church mosque temple hotel restaurant mall market stadium arena circuit track tunnel bridge building house
    home office palace prison court embassy consulate border beach coast island mountain valley river lake sea bay
    ocean park forest desert region province state county district suburb area neighbourhood neighborhood capital
    headquarters base plant factory mine farm camp club theatre theater museum downtown north south east west
    northern southern eastern western central
    """
)
#: Nouns of place that say nothing by themselves.
VAGUE_PLACES: Final = _words(
    "area state city town village region country place capital north south east west home house building base"
)
#: Nouns of what goes wrong or drives people: a phrase with one may be a cause though no cue leads to it.
REASONS: Final = _words(
    """
    rain storm weather wind wet ice fog snow heat cold drought conditions error failure fault defect malfunction leak
    negligence speed speeding fatigue dispute argument feud anger grievance hatred jealousy rivalry injury illness
    disease infection threat fear concern revenge retaliation reprisal vengeance response protest problem lack shortage
    crisis corruption poverty debt pressure violation breach motive
    """
)
#: Verbs that name a cause as what follows "on" or "to", else as their object ("blamed the rain for the crash").
BLAMES: Final = _words("blame attribute credit ascribe thank fault")
#: Verbs after which "for" gives the reason.
JUDGES: Final = _words(
    "blame praise thank criticise criticize hail accuse fault punish arrest sue fine award honour honor convict"
)
#: Verbs that report.
SAYS: Final = _words(
    "say tell add report announce confirm state tweet write think believe know claim hope"
)  # fmt: skip
#: Verbs that say nothing of how.
EMPTY: Final = _words("have be do seem appear become get go come want need include follow remain")

COUNTRIES: Final = _names(
    """
    Afghanistan, Albania, Algeria, Andorra, Angola, Argentina, Armenia, Australia, Austria, Azerbaijan, Bahamas,
    Bahrain, Bangladesh, Barbados, Belarus, Belgium, Belize, Benin, Bhutan, Bolivia, Bosnia, Botswana, Brazil, Brunei,
    Bulgaria, Burkina Faso, Burundi, Cambodia, Cameroon, Canada, Cape Verde, Chad, Chile, China, Colombia, Comoros,
    Congo, Costa Rica, Croatia, Cuba, Cyprus, Czechia, Czech Republic, Denmark, Djibouti, Dominica, Dominican Republic,
    Ecuador, Egypt, El Salvador, Equatorial Guinea, Eritrea, Estonia, Eswatini, Ethiopia, Fiji, Finland, France, Gabon,
    Gambia, Georgia, Germany, Ghana, Greece, Grenada, Guatemala, Guinea, Guinea-Bissau, Guyana, Haiti, Honduras,
    Hungary, Iceland, India, Indonesia, Iran, Iraq, Ireland, Israel, Italy, Ivory Coast, Jamaica, Japan, Jordan,
    Kazakhstan, Kenya, Kiribati, Kosovo, Kuwait, Kyrgyzstan, Laos, Latvia, Lebanon, Lesotho, Liberia, Libya,
    Liechtenstein, Lithuania, Luxembourg, Madagascar, Malawi, Malaysia, Maldives, Mali, Malta, Mauritania, Mauritius,
    Mexico, Micronesia, Moldova, Monaco, Mongolia, Montenegro, Morocco, Mozambique, Myanmar, Burma, Namibia, Nauru,
    Nepal, Netherlands, New Zealand, Nicaragua, Niger, Nigeria, North Korea, North Macedonia, Norway, Oman, Pakistan,
    Palau, Palestine, Panama, Papua New Guinea, Paraguay, Peru, Philippines, Poland, Portugal, Qatar, Romania, Russia,
    Rwanda, Samoa, San Marino, Saudi Arabia, Senegal, Serbia, Seychelles, Sierra Leone, Singapore, Slovakia, Slovenia,
    Somalia, South Africa, South Korea, South Sudan, Spain, Sri Lanka, Sudan, Suriname, Sweden, Switzerland, Syria,
    Taiwan, Tajikistan, Tanzania, Thailand, Togo, Tonga, Tunisia, Turkey, Turkmenistan, Uganda, Ukraine, United Arab
    Emirates, United Kingdom, UK, U.K., Britain, England, Scotland, Wales, United States, US, U.S., USA, America,
    Uruguay, Uzbekistan, Vanuatu, Vatican, Venezuela, Vietnam, Yemen, Zambia, Zimbabwe
    """
)
