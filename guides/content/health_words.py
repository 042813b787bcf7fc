"""Words that give away somebody's health where others may read along (pure)."""

import re

BODY = (
    r"hips?|knees?|ankles?|heels?|shins?|cal(?:f|ves)|thighs?|hamstrings?|quads?|glutes?|groin|pelvi[cs]|"
    r"spine|lower back|your back|necks?|shoulders?|tendons?|achilles|muscles?|joints?|itb|"
    r"caderas?|rodillas?|tobillos?|talón|talones|pantorrillas?|muslos?|glúteos?|ingles?|espalda|"
    r"lumbar(?:es)?|tendón|tendones|músculos?|articulación|articulaciones"
)
COMPLAINTS = (
    r"pains?|painful|aches?|aching|sore|soreness|hurts?|hurting|injur(?:y|ies|ed)|tight|tightness|"
    r"stiff|stiffness|weak|weakness|numb|numbness|swelling|swollen|sprains?|strains?|sciatica|"
    r"arthritis|tend[io]nitis|fasciitis|symptoms?|diagnos(?:is|ed)|rehab|"
    r"dolor(?:es)?|duelen?|lesión|lesiones|lesionad[oa]s?|rígid[oa]s?|rigidez|tens[oa]s?|débil|"
    r"débiles|debilidad|molestias?|ciática|artritis|tendinitis|síntomas?|diagnóstico"
)
HEALTH_WORD = re.compile(rf"\b(?:{BODY}|{COMPLAINTS})\b", re.IGNORECASE)


def health_words(text: str) -> list[str]:
    """The body parts and complaints that the text names, in order, in English or Spanish. It may
    miss some: people can say anything."""
    return HEALTH_WORD.findall(text)
