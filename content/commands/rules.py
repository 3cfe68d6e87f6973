"""What the words of a display's rule mean: which rule put on the glass what is there. Pure."""

_WORDS = {"message": {"message"}, "alert": {"alert", "drill"}, "playlist": set[str]()}
_FIXED = {
    "shaking now": "It feels shaking now. This comes before everything else.",
    "shaking a moment ago": "It felt shaking a moment ago; the page stays until it is surely over.",
    "door not open for too long": "The car stands and its door has not opened for too long: somebody may be trapped.",
    "earthquake alert taken back": "An earthquake alert was taken back; for a minute it says that it is over.",
    "asked which lift it is": "Somebody asked which lift it is, by `hoistway-content ask`: for half a minute it shows its name.",
    "nothing else": "Nothing else is to be shown just now: this is the building's own idle page.",
    "not yet": "It has just started, and nothing is on the glass yet.",
}
_NAMED = (
    (
        "earthquake alert ",
        "The earthquake alert {} is in force. Only shaking felt in the car comes before it.",
    ),
    (
        "door not open since hold ",
        "After the shaking that began the hold {} the door has not been seen open: whoever is inside is told what to do.",
    ),
    ("hold ", "After shaking it must not be used (hold {}) until somebody has inspected and released it."),
    ("alert ", "The alert {} is in force: the gravest one for this car, and the newest of these."),
    ("drill ", "The drill {} is in force, and nothing real."),
    ("message ", "The message {} is due, with the highest priority of those that are."),
    ("playlist ", "Nothing is scheduled, so the playlist {} plays."),
    ("picture ", "The picture {} of a playlist has its turn."),
)


def explained(rule: str) -> str:
    """A rule in words that a manager understands."""
    if rule in _FIXED:
        return _FIXED[rule]
    for word, sentence in _NAMED:
        if rule.startswith(word):
            return sentence.format(rule.removeprefix(word))
    return f"It says: {rule or 'nothing'}."


def shows(rule: str, kind: str, name: str) -> bool:
    """Whether a rule put exactly this publication on the glass."""
    if kind == "playlist":
        return rule.startswith(f"playlist {name}:")
    said = rule.split()
    return len(said) > 1 and said[-1] == name and said[-2] in _WORDS[kind]
