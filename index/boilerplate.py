"""Recognises the lines of a page that are not part of its article: rows of share icons, calls to subscribe, ad labels."""

from __future__ import annotations

import re

_MAX_CHARS = 200
"""No boilerplate line is longer; the limit also bounds the time of the patterns below."""

_NETWORKS = frozenset(
    "bluesky bsky evernote facebook fb flickr flipboard googleplus gplus hackernews hatena instagram instapaper kakaotalk "
    "linkedin mastodon messenger odnoklassniki pinterest qq quora reddit skype snapchat stumbleupon telegram tiktok "
    "truthsocial tumblr twitter viber vk vkontakte wechat weibo whatsapp xing youtube".split()
)
# Networks whose names are also words: they may stand in a row of buttons, but don't show that it is one.
_AMBIGUOUS = frozenset(
    "baidu buffer digg discord google line medium mix naver nextdoor ok pocket rss signal sina slack spotify substack teams "
    "threads twitch x yahoo".split()
)
_ACTIONS = frozenset(
    "bookmark clipboard comment comments copy e-mail email follow forward like link mail messages permalink pin post "
    "print repost save share sharethis sms tweet url".split()
)
# Words in the class names of icons, as in "fa-brands fa-square-facebook-f" or "social-icon--x".
_ICON_PARTS = frozenset(
    "alt app black box brand brands btn button buttons circle color colour contact dark ellipse envelope f fa fab fal far fas "
    "fill filled glyph glyphicon g ico icon icons in icomoon img item light lg link list logo md messenger o outline p "
    "plus regular round rounded share sharing shares sm sns social solid square svg t text v white with xs".split()
)
_ICON_WORDS = frozenset({"icon", "icons", "glyphicon", "icomoon"})
_FILLERS = frozenset("and or on to via with in by a an the this it us fa fab fas far icon icons".split())

_THING = r"(?:this|the|our)?\s*(?:article|story|post|page|news|video|content|report|item|link)?"
_NETWORK = r"(?:" + "|".join(sorted(_NETWORKS | _AMBIGUOUS, key=len, reverse=True)) + r"|e-?mail|friends|social\smedia)"
_NETWORK_LIST = rf"{_NETWORK}(?:(?:[\s,/&|]|and\s|or\s)+{_NETWORK})*"
_AD = r"(?:the|this)?\s?(?:ads?|advert|advertisement|video)"
_PHRASES = re.compile(
    rf"""
      (?:click\s(?:here\s)?to\s)?share\s?{_THING}
      (?:\s?(?:on|via|to|with|by|in)\s{_NETWORK_LIST}(?:\s\(opens\sin\s(?:a\s)?new\swindow\))?)?
    | (?:tweet|pin|print|e-?mail|save|bookmark)\s?{_THING}
    | (?:e-?mail|send)\s?{_THING}\sto\sa\sfriend
    | copy\s(?:the\s)?(?:link|url)(?:\sto\sclipboard)? | link\scopied
    | (?:advertisements?|advertising|advertorial|publicidad|werbung|anzeige)
      (?:\s?[-–—|:]?\s?(?:scroll\sto\scontinue|continue\sreading\sbelow|story\scontinues\sbelow|remove\sads))?
    | sponsored | (?:sponsored|promoted|paid)\s(?:content|links?|stories|posts?|partnership)
    | (?:the\s)?(?:story|article|content|post)\scontinues\s(?:below|after)(?:\s{_AD})?
    | skip\sto\s(?:the\s)?(?:main\s)?(?:content|navigation|end|footer|search) | skip\s(?:past\s)?{_AD}
    | skip\snewsletter\spromotion | scroll\s(?:down\s)?(?:to|for)\s(?:continue|more|content)
    | (?:please\s)?(?:sign\sup|subscribe|register)(?:\snow|\shere|\stoday)?
      (?:\s(?:for|to|with)\s(?:our|the|your|a)\s[^.!?]{{0,60}}
         (?:newsletters?|mailing\slist|alerts?|digest|channel|inbox))?
    | (?:get|receive)\s(?:our|the)\s[^.!?]{{0,50}}(?:in|to|into)\s(?:your|my)\sinbox
    | (?:follow|like|join|find)\sus\s(?:on|at)\s{_NETWORK_LIST}
    | (?:follow|connect\swith)\sus | (?:log|sign)\s(?:in|out) | create\s(?:a\sfree\s|an\s)?account
    | (?:back\sto|return\sto)\s(?:the\s)?top | read\smore | (?:load|show|see|view)\s(?:more|all)(?:\scomments)?
    | (?:read|view|leave|post|add|write)\s(?:a\s|all\s|the\s)?comments? | no\scomments(?:\syet)? | [0-9]+\scomments?
    | (?:related|recommended|most\sread|more|trending|popular)\s
      (?:articles?|stories|posts?|reading|news|topics|for\syou)
    | (?:you\smay|you\smight)\salso\s(?:like|enjoy|be\sinterested\sin) | recommended\sfor\syou
    | listen\sto\s(?:this\s)?(?:article|story)
    | (?:accept|manage)\s(?:all\s)?cookies | (?:we|this\ssite)\suses?\scookies
    | open\simage\sin\s(?:gallery|lightbox) | image\sunavailable | loading
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LINK_ROW = re.compile(
    r"(?:[»›>→]+\s?)?(?:read\s(?:more|also|next)|also\sread|must\sread)\s?[:|»›>]\s?\S", re.IGNORECASE
)
_WORD = re.compile(r"[^\s,;:|/•·‧∙+&»›>()\[\]]+")
_LEFT_EDGES = " |»›>→▶"
_RIGHT_EDGES = " .,:;!…|»›>→▶-–—"
"""Characters that may stand around boilerplate. A bullet may not: "- Print" can be an item of the article's own list."""


def is_boilerplate(line: str) -> bool:
    """Whether a whole line is page furniture and not part of an article.

    A sentence that only mentions a network ("She told Facebook to remove it.") is not furniture: every word of the line must
    belong to it.
    """
    if not 0 < len(line) <= _MAX_CHARS:
        return False
    bare = line.lstrip(_LEFT_EDGES).rstrip(_RIGHT_EDGES)
    return bool(_PHRASES.fullmatch(bare)) or _is_share_row(bare) or _is_link_row(line)


def _is_link_row(line: str) -> bool:
    """Whether a line is like "Read more: <headline of another article>" and not a sentence."""
    return bool(_LINK_ROW.match(line)) and not line.endswith((".", "!", "”", '"'))


def _is_share_row(line: str) -> bool:
    """Whether each word is a share icon, a network or an action, and enough of them show that the line is a row of buttons."""
    icons = networks = actions = 0
    for word in _WORD.finditer(line):
        bare = word.group().lower().strip(_RIGHT_EDGES)
        if bare in _NETWORKS:
            networks += 1
        elif bare in _ACTIONS:
            actions += 1
        elif _is_icon(bare):
            icons += 1
        elif bare and bare not in _AMBIGUOUS and bare not in _FILLERS:
            return False
    # "Facebook, Instagram and Reddit" may be an answer; a row of buttons has no commas, or names the buttons' actions.
    listed = "," in line or " and " in line.lower()
    return icons > 0 or (networks > 0 and actions > 0) or (not listed and (networks > 2 or actions > 1))


def _is_icon(word: str) -> bool:
    """Whether a word is an icon's name, such as "icon-facebook", "fa-twitter-square" or "social_share_x", in all its parts."""
    parts = [part for part in re.split(r"[-_]+", word) if part]
    if len(parts) < 2:
        return False
    if parts[0] in _ICON_WORDS or (
        parts[-1] in {"icon", "icons", "svg"} and (parts[0] in _NETWORKS or parts[0] in _ACTIONS)
    ):
        return True
    known = all(part in _NETWORKS or part in _AMBIGUOUS or part in _ACTIONS or part in _ICON_PARTS for part in parts)
    return known and any(part in _NETWORKS or part in {"x", "rss", "envelope"} for part in parts)
