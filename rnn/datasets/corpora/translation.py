"""Short sentences in English and French, from a grammar that agrees, elides and negates.

A sentence is a subject, a verb in the present tense, for most verbs an object, said or denied. Each rule of
French it needs is a line of code below: the verb agrees with its subject; *je*, *ne*, *le* and *la* lose
their vowel before another vowel or a silent h (j'aime, n'ouvre, l'arbre); a negation embraces the verb (ne …
pas). One English sentence has several French ones where English leaves open what French must say: *you* is
*tu* or *vous*, *they* are *ils* or *elles*. All sentences were made for this book.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

ATTRIBUTION = "Generated for this book by the grammar in rnn.datasets.corpora.translation"

VOWELS = tuple("aeiouyhéèêâœ")  # every h of the nouns and verbs below is silent


class Subject(NamedTuple):
    """A subject: its English, whether the English verb takes an s, its French, which French verb form."""

    english: str
    third: bool
    french: str
    form: int


class Verb(NamedTuple):
    """A verb: English without and with s, the six French forms, the objects it can take."""

    english: str
    third: str
    french: str
    objects: str


SUBJECTS = (
    Subject("I", False, "je", 0),
    Subject("you", False, "tu", 1),
    Subject("you", False, "vous", 4),
    Subject("he", True, "il", 2),
    Subject("she", True, "elle", 2),
    Subject("we", False, "nous", 3),
    Subject("they", False, "ils", 5),
    Subject("they", False, "elles", 5),
    Subject("the girl", True, "la fille", 2),
    Subject("my brother", True, "mon frère", 2),
    Subject("the children", False, "les enfants", 5),
)
VERBS = (
    Verb("eat", "eats", "mange manges mange mangeons mangez mangent", "bread apple soup cake orange"),
    Verb("see", "sees", "vois vois voit voyons voyez voient", "sea tree stars house bird"),
    Verb("love", "loves", "aime aimes aime aimons aimez aiment", "sea garden winter city birds"),
    Verb("look for", "looks for", "cherche cherches cherche cherchons cherchez cherchent", "key cat station"),
    Verb("listen to", "listens to", "écoute écoutes écoute écoutons écoutez écoutent", "radio song birds"),
    Verb("buy", "buys", "achète achètes achète achetons achetez achètent", "bread newspaper house book"),
    Verb("read", "reads", "lis lis lit lisons lisez lisent", "book letter newspaper story"),
    Verb("open", "opens", "ouvre ouvres ouvre ouvrons ouvrez ouvrent", "door window box letter"),
    Verb("find", "finds", "trouve trouves trouve trouvons trouvez trouvent", "key station tree money"),
    Verb("wait for", "waits for", "attends attends attend attendons attendez attendent", "train bus winter"),
    Verb("hear", "hears", "entends entends entend entendons entendez entendent", "rain wind cat song"),
    Verb("have", "has", "ai as a avons avez ont", "key letter money book"),
    Verb("sleep", "sleeps", "dors dors dort dormons dormez dorment", ""),
    Verb("work", "works", "travaille travailles travaille travaillons travaillez travaillent", ""),
    Verb("sing", "sings", "chante chantes chante chantons chantez chantent", ""),
    Verb("laugh", "laughs", "ris ris rit rions riez rient", ""),
    Verb("swim", "swims", "nage nages nage nageons nagez nagent", ""),
    Verb("arrive", "arrives", "arrive arrives arrive arrivons arrivez arrivent", ""),
)
NOUNS = {
    "bread": "le pain", "apple": "la pomme", "soup": "la soupe", "cake": "le gâteau", "orange": "la orange",
    "sea": "la mer", "tree": "le arbre", "stars": "les étoiles", "house": "la maison", "bird": "le oiseau",
    "birds": "les oiseaux", "garden": "le jardin", "winter": "le hiver", "city": "la ville", "key": "la clé",
    "cat": "le chat", "station": "la gare", "money": "le argent", "radio": "la radio", "song": "la chanson",
    "rain": "la pluie", "newspaper": "le journal", "book": "le livre", "letter": "la lettre",
    "story": "la histoire", "door": "la porte", "window": "la fenêtre", "box": "la boîte", "train": "le train",
    "bus": "le bus", "wind": "le vent",
}  # fmt: skip


def mini_pairs() -> list[tuple[str, str, str]]:
    """Return the pairs (English, French, attribution), the shortest English first.

    The translations of one sentence stand next to each other. The same list at every call; no pair occurs
    twice.
    """
    pairs = [(english, french, ATTRIBUTION) for english, french in _sentences()]
    return sorted(pairs, key=lambda pair: (len(pair[0]), pair[0]))


def _sentences() -> Iterator[tuple[str, str]]:
    for subject in SUBJECTS:
        for verb in VERBS:
            for thing in verb.objects.split() or [""]:
                for denied in (False, True):
                    yield _english(subject, verb, thing, denied), _french(subject, verb, thing, denied)


def _english(subject: Subject, verb: Verb, thing: str, denied: bool) -> str:
    if denied:
        predicate = ("doesn't " if subject.third else "don't ") + verb.english
    else:
        predicate = verb.third if subject.third else verb.english
    return _sentence([subject.english, predicate, f"the {thing}" if thing else ""])


def _french(subject: Subject, verb: Verb, thing: str, denied: bool) -> str:
    form = verb.french.split()[subject.form]
    predicate = f"{_elide('ne', form)} pas" if denied else form
    start = _elide(subject.french, predicate)
    return _sentence([start, _elide(*NOUNS[thing].split()) if thing else ""])


def _elide(word: str, following: str) -> str:
    """Join two words; je, ne, le and la lose their vowel before another one: je aime → j'aime."""
    if word in ("je", "ne", "le", "la") and following.startswith(VOWELS):
        return f"{word[0]}'{following}"
    return f"{word} {following}"


def _sentence(parts: list[str]) -> str:
    text = " ".join(part for part in parts if part)
    return text[0].upper() + text[1:] + "."
