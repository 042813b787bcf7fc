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
    "Your training\nThe guide's page remembers your training days, the sessions you did, and your "
    "pain in your own browser, and sends none of it. Your browser also remembers the link to your "
    "guide that you opened last, so that the codes on a printed guide lead to your own sessions. "
    "Both stay on your device until you have everything erased there, or clear what your browser "
    "keeps of this site. If you tap “Save with my link”, we keep your training "
    "with your link, with your weekly check-ins and your time zone, so that it's on your other "
    "devices and we can count your sessions. Anyone with the link can see it. You can stop on the "
    "same page: then we delete it. If a week got worse, the page asks you to go through the safety "
    "list again. We don't keep what you check there, only whether it told you to see someone. If "
    "it did, we stop the emails that were still to come. If you want an email for your weekly "
    "check-in, what we keep tells us when it's due. You get one a week at most, only while you "
    "train, and it ends with your plan.",
    "Your guide without a network\nWhen you open your guide, your browser saves its pages and "
    "pictures on your device, so they open where there's no network. Anyone who uses the same "
    "browser can open them. You can remove them on the same page. They're gone once your link has "
    "ended. If you have everything erased, they go as soon as your device is online. The "
    "self-check and the page of your result aren't saved this way.",
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
    "How long\n{how_long}",
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
