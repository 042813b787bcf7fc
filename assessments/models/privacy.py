"""The default privacy notice. The first line of each paragraph is its heading."""

PARAGRAPHS = (
    "Here's what we keep about you, why we keep it, and how to have it erased.",
    "What we keep\nUntil you finish the self-check, your answers stay in your browser. Then we "
    "keep your answers, your result, the time, and the name of the link that brought you, if it "
    "has one. If you add a check to your result, we keep that with them. If you take the "
    "self-check again from your own link, we keep both, so we can show what changed. Your answers "
    "are about "
    "your health, so we don't ask who you are. If you ask for the guide, we also keep your email "
    "address, what you agreed to and when, and which emails we sent you. From then on, your "
    "answers and your address belong together. If you write to us, we may keep a note with your "
    "address. To stop misuse, we also keep a code made from the "
    "network you used. No one can work out the network from it. If you say yes to more emails, "
    "your browser keeps a note of that until the last one is sent. If you retake the check before "
    "that and it tells you to see someone first, we won't send them.",
    "What we count\nWe count how many people come here, start, reach each question, finish, and "
    "open the guide. We only keep how many there were each day. We don't keep who they were, or "
    "any address. We don't set a cookie for this or keep anything in your browser that sets you "
    "apart from others.",
    "Why\nWe use your answers to show your result and pick your plan. We use your email address "
    "to send you the guide. We only write about anything else if you asked for that too. Emails "
    "during your plan end with it, and we never send more than one a day. A link in each email "
    "stops it at any time.",
    "Who can see it\nWe can, and so can the companies that run our server and carry our email. "
    "Your result has its own page: anyone with the link can read it. If you make a link for your "
    "PT, anyone with it can read your answers and your result for 14 days, or until you end it. "
    "We keep when you made it. We never sell what we know about you. We never send your answers to "
    "a newsletter tool. These pages have no ads and no trackers, and they don't load anything from "
    "other sites.",
    "How long\nWe keep it until you ask us to erase it.",
    "How to have it erased\nEvery email from us has a link to a page of your own. There you can "
    "see what we keep about you, get a copy, or have it all erased. Is something wrong? Tell us, "
    "and we'll fix it. Once we've erased it, all we keep is a code made from your address that "
    "reminds us not to email it again. If you never gave us an address, send us the link to your "
    "result page so we can find your answers.",
    "It's up to you\nYou don't have to answer, and you can leave at any time. If you think we're "
    "handling this wrong, you can also complain to the data protection office where you live.",
    "This is for learning only. It isn't medical care. It doesn't diagnose anything, and it "
    "doesn't make you our patient.",
    "How to reach us\n{contact}",
)


def default_privacy_notice() -> str:
    return "\n\n".join(PARAGRAPHS)
