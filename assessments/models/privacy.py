"""The default privacy notice. The first line of each paragraph is its heading."""

PARAGRAPHS = (
    "This page says what we keep about you, why, and how you can have it erased.",
    "What we keep\nUntil you finish the self-check, your answers stay in your browser. Then we "
    "keep them, your result, the time, and the name of the link that brought you, if it has one. "
    "Your answers are about your health, so we do not ask "
    "who you are. If you ask for the guide, we also keep your email address, what you agreed to "
    "and when, and which emails we sent you. Then your answers and your address belong together. "
    "To stop misuse, we also keep a code made from the network that asked; nobody can read the "
    "network from it. If you say yes to one more email in four weeks, your browser keeps a note of "
    "that until then: should a later self-check tell you to see someone first, we do not send it.",
    "What we count\nWe count how many people come here, start, reach each question, finish, and "
    "open the guide. We keep only how many there were on each day: not who, and no address. For "
    "this we set no cookie and keep nothing in your browser that tells you from others.",
    "Why\nWe use your answers to show your result and to pick your plan. We use your email "
    "address to send you the guide. We write about anything else only if you asked for that too. "
    "A link in each email stops it at any time.",
    "Who can see it\nWe can, and so can the companies that run our server and carry our email for "
    "us. Your result has a page of its own: anyone who has its link can read it. We never sell "
    "what we know about you. We never send your answers to a newsletter tool. These pages have no "
    "ads and no trackers, and they load nothing from other sites.",
    "How long\nWe keep it until you ask us to erase it.",
    "How to have it erased\nEach of our emails has a link to a page of your own. There you see "
    "what we keep about you, take a copy, or have it all erased. You can also write to us from the "
    "email address that you gave us, to have it put right too. Once it is erased, we keep only a "
    "code, made from your address, that reminds us not to write to it again. If you never gave us "
    "an address, send us the link of your result page, so that we can find your answers.",
    "You choose\nYou do not have to answer, and you can leave at any time. If you think that we "
    "handle this wrongly, you can also complain to the data protection office where you live.",
    "This is for learning only. It is not medical care. It does not diagnose anything, and it "
    "does not make you a patient of ours.",
    "How to reach us\nAnswer any of our emails, or write to the address on our pages.",
)


def default_privacy_notice() -> str:
    return "\n\n".join(PARAGRAPHS)
