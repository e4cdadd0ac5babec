"""A play without an end, from a grammar: speakers, blank verse, and a rhyme where a long speech closes.

Every line of verse has ten syllables, unstressed and stressed in turn. The templates below keep the meter
because each place takes words of one stress pattern only: one stressed syllable (night), or a stressed and an
unstressed one (winter). For a character model there is something to learn at every distance: spelling and
words within a line, the pattern of a line, names in capitals on a line of their own with a colon, the name of
the one spoken to (one of the scene, and not the speaker), the sound that must return at the end of a speech.
All words were put together for this book; the text is nobody's.
"""

from __future__ import annotations

import random
import string

SIZE = 100_000  # characters, at least

NAMES = ("Aldwin", "Fenwick", "Merrick", "Tamsin", "Hester", "Rowan", "Wilmot", "Perrin", "Mabel", "Corwin")
CROWD = ("First Ferryman", "Second Ferryman", "Old Miller")  # they speak, but nobody knows their names

WORDS = {
    "noun": "night crown ship sword lamp tide road bell well field star storm loaf grave wolf dove hearth gate oar cup",
    "noun2": "winter river candle harbor mountain garden morning shadow sorrow fortune hunger thunder "
    "silence meadow orchard sailor mother brother pilgrim raven",
    "adjective": "cold pale dark proud sweet slow wild blind false true deep bright",
    "adjective2": "gentle bitter hollow weary faithful silent golden broken secret stubborn ancient idle",
    "verb": "keep bear break hold seek hide find know love scorn drown burn shun win",
    "verbs": "keeps bears breaks holds seeks hides finds knows loves scorns drowns burns shuns wins",
    "done": "kept borne broke held sought hid found known loved scorned drowned burned shunned won",
}
RHYMES = (
    "light sight might flight knight",
    "day way clay bay",
    "heart part dart chart",
    "stone bone throne moan",
    "hand land sand strand",
    "sea tree plea lea",
    "rain pain grain chain",
    "sleep deep keep sheep",
    "town gown down frown",
    "air hair snare care",
    "wall fall hall call",
    "ground sound hound mound",
    "ring king spring wing",
    "flame name shame game",
)
VERSE = (
    "the {adjective2} {noun} doth {verb} the {adjective2} {rhyme}",
    "I {verb} the {noun} that {verbs} the {adjective2} {rhyme}",
    "my {noun2} {verbs} the {noun} and {verbs} the {rhyme}",
    "no {noun2} {verbs} the {noun} without the {rhyme}",
    "I would not {verb} thy {noun} for all the {rhyme}",
    "for I have {done} the {noun2} of the {rhyme}",
    "when {noun2} {verbs} the {noun}, then {verb} the {rhyme}",
    "if {noun} be {adjective}, then {adjective} is all the {rhyme}",
    "thou art the {noun}, and I the {adjective2} {rhyme}",
    "there is no {noun} so {adjective} as is the {rhyme}",
    "not I, but {absent}, {done} the {adjective2} {rhyme}",
    "good {listener}, {verb} the {noun} and {verb} the {rhyme}",
    "which {noun} is it that {verbs} the {adjective2} {rhyme}?",
    "who {done} the {noun2} and the {adjective2} {rhyme}?",
    "and shall the {noun2} {verb} my {adjective2} {rhyme}?",
    "how should I {verb} the {noun}, and not the {rhyme}?",
    "say, {listener}, say, who {verbs} the {adjective2} {rhyme}?",
    "go, {listener}, go, and {verb} the {adjective2} {rhyme}!",
    "O {adjective2} {noun}, thou {noun2} of the {rhyme}!",
    "come, {adjective2} {noun}, and {verb} me from the {rhyme}!",
)
RETORTS = (
    "The door is barred, {listener}.",
    "Thy lamp burns low, {listener}.",
    "I hear the bells of {absent}'s ship.",
    "Then bring the oars, {listener}, and the rope.",
    "Is {absent} come so soon?",
    "Thou speakest like a {noun2}, {listener}!",
    "So said the {adjective2} {noun}.",
)


def mini_verse() -> str:
    """Return some 100,000 characters of a play, an empty line between speeches. The same at every call."""
    rng = random.Random(1599)
    speeches: list[str] = []
    size = 0
    while size < SIZE:
        scene = _scene(rng)
        speeches += scene
        size += sum(len(speech) + 2 for speech in scene)
    return "\n\n".join(speeches) + "\n"


def _scene(rng: random.Random) -> list[str]:
    """Return the speeches of one scene: two or three friends, sometimes one of the crowd; one is away."""
    *present, absent = rng.sample(NAMES, rng.choice((3, 4)))
    speakers = present + ([rng.choice(CROWD)] if rng.random() < 0.5 else [])
    speeches: list[str] = []
    speaker = rng.choice(speakers)
    for _ in range(rng.randint(6, 14)):
        listener = rng.choice([name for name in present if name != speaker])
        lines = _speech(rng, listener, absent)
        label = speaker.upper() if speaker in NAMES else speaker
        speeches.append("\n".join([f"{label}:", *lines]))
        speaker = rng.choice([name for name in speakers if name != speaker])
    return speeches


def _speech(rng: random.Random, listener: str, absent: str) -> list[str]:
    people = {"listener": listener, "absent": absent}
    length = rng.choice((0, 1, 2, 2, 3, 4, 5, 6, 8))
    if length == 0:
        return [_fill(rng.choice(RETORTS), people, rng)]
    endings = [rng.choice(rng.choice(RHYMES).split()) for _ in range(length)]
    if length >= 4:  # close with a couplet
        endings[-2:] = rng.sample(rng.choice(RHYMES).split(), 2)
    lines = [
        _fill(template, people | {"rhyme": ending}, rng)
        for template, ending in zip(rng.sample(VERSE, length), endings, strict=True)
    ]
    stops = [rng.choice(",;:") for _ in lines[:-1]] + ["."]
    return [line if line[-1] in "?!" else line + stop for line, stop in zip(lines, stops, strict=True)]


def _fill(template: str, given: dict[str, str], rng: random.Random) -> str:
    """Put a word into every place of the template, no two alike, and a capital letter at the front."""
    pieces: list[str] = []
    used = list(given.values())
    for text, place, _, _ in string.Formatter().parse(template):
        pieces.append(text)
        if place in given:
            pieces.append(given[place])
        elif place:
            used.append(rng.choice([word for word in WORDS[place].split() if word not in used]))
            pieces.append(used[-1])
    line = "".join(pieces)
    return line[0].upper() + line[1:]
