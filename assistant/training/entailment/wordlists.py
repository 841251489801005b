"""Words that sentences are changed with: verbs with their forms, opposites, and words that mean the same."""

from __future__ import annotations

_VERBS = """
visit visited visited|defeat defeated defeated|beat beat beaten|kill killed killed|attack attacked attacked
arrest arrested arrested|replace replaced replaced|criticize criticized criticized|praise praised praised
support supported supported|invite invited invited|follow followed followed|lead led led|teach taught taught
design designed designed|direct directed directed|build built built|produce produced produced
publish published published|discover discovered discovered|invent invented invented|write wrote written
buy bought bought|acquire acquired acquired|capture captured captured|conquer conquered conquered|invade invaded invaded
elect elected elected|appoint appointed appointed|hire hired hired|found founded founded
establish established established|create created created|develop developed developed|use used used|make made made
take took taken|give gave given|see saw seen|find found found|know knew known|call called called|accuse accused accused
sue sued sued|warn warned warned|thank thanked thanked|help helped helped|rescue rescued rescued|save saved saved
protect protected protected|destroy destroyed destroyed|win won won|lose lost lost|open opened opened
close closed closed|paint painted painted|perform performed performed|record recorded recorded|release released released
sign signed signed|reject rejected rejected|accept accepted accepted|join joined joined|leave left left|own owned owned
control controlled controlled|receive received received|send sent sent|announce announced announced
approve approved approved|ban banned banned|cause caused caused|change changed changed|choose chose chosen
complete completed completed|describe described described|introduce introduced introduced|launch launched launched
move moved moved|offer offered offered|order ordered ordered|play played played|report reported reported
show showed shown|start started started|begin began begun|become became become|come came come|go went gone|get got got
have had had|die died died|return returned returned|remain remained remained|say said said|tell told told
work worked worked|live lived lived|meet met met|serve served served|study studied studied|travel travelled travelled
fight fought fought|bring brought brought|hold held held|keep kept kept|grow grew grown|reach reached reached
allow allowed allowed|include included included|contain contained contained|cross crossed crossed|chase chased chased
blame blamed blamed|greet greeted greeted|fire fired fired|succeed succeeded succeeded|advise advised advised
admire admired admired|recognize recognized recognized|interview interviewed interviewed
"""
_VERB_ROWS = [tuple(row.split()) for line in _VERBS.strip().splitlines() for row in line.split("|")]
BASE = {past: base for base, past, _ in _VERB_ROWS}
"""Past tense -> the verb's first form, such as `wrote` -> `write`."""
PAST = {base: past for base, past, _ in _VERB_ROWS}
ACTIVE = {participle: past for _, past, participle in _VERB_ROWS}
"""Participle -> past tense, such as `written` -> `wrote`."""
PASSIVE = {past: participle for _, past, participle in _VERB_ROWS}

_OPPOSITES = """
rose fell|increased decreased|increase decrease|increases decreases|grew shrank|gained lost|won lost|accepted refused
accepted rejected|approved rejected|agreed refused|agree disagree|supported opposed|supports opposes|support oppose
praised criticized|allowed banned|allowed forbade|permitted prohibited|confirmed denied|admitted denied|opened closed
opens closes|began ended|begins ends|started stopped|arrived left|entered left|bought sold|built destroyed
attacked defended|joined left|succeeded failed|passed failed|saved killed|remembered forgot|found lost|hired fired
appointed dismissed|won failed|loved hated|likes dislikes|raised lowered|strengthened weakened|before after|more less
more fewer|most least|larger smaller|largest smallest|bigger smaller|biggest smallest|higher lower|highest lowest
longer shorter|longest shortest|older younger|oldest youngest|earlier later|earliest latest|first last|better worse
best worst|faster slower|stronger weaker|richer poorer|hotter colder|warmer colder|deeper shallower|heavier lighter
wider narrower|always never|often rarely|usually rarely|common rare|early late|high low|old new|long short|strong weak
rich poor|hot cold|warm cold|large small|big small|good bad|easy difficult|safe dangerous|legal illegal
possible impossible|successful unsuccessful|public private|internal external|positive negative|major minor
maximum minimum|male female|same different|similar different|north south|northern southern|northeast southwest
northwest southeast|east west|eastern western|upper lower|inside outside|above below|over under|with without|all none
many few|everyone nobody|everything nothing|majority minority|import export|son daughter|father mother|brother sister
husband wife|man woman|men women|boy girl|king queen|uncle aunt|winner loser|friend enemy|ally enemy|victory defeat
success failure|life death|born died|alive dead|married divorced|guilty innocent|up down|true false|open closed
full empty|winter summer|day night|morning evening|morning afternoon|today yesterday|domestic foreign
"""
_MEANING_THE_SAME = """
said stated|began started|begin start|begins starts|purchased bought|constructed built|established founded|received got
obtained got|big large|biggest largest|quick fast|film movie|films movies|approximately about|roughly about
almost nearly|several various|near close to|near next to|autumn fall|author writer|physician doctor|kids children
car automobile|help assist|helped assisted|show demonstrate|showed demonstrated|shows demonstrates|killed slain
died passed away|located situated|sufficient enough|additional more|former previous|initially at first
eventually finally|currently now|although though|because since|attempted tried|attempt try|attempts tries|created made
ended finished|required needed|requires needs|require need|used utilized|famous well-known|whole entire|main principal
primary main|important significant|difficult hard|rapidly quickly|entire whole|city town|country nation|annual yearly
US United States|UK United Kingdom|ship vessel|error mistake
"""


def _both_ways(pairs: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for pair in pairs.strip().replace("\n", "|").split("|"):
        one, other = pair.split()
        found.setdefault(one, []).append(other)
        found.setdefault(other, []).append(one)
    return {word: tuple(dict.fromkeys(others)) for word, others in found.items()}


def _one_way(pairs: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for pair in pairs.strip().replace("\n", "|").split("|"):
        one, other = pair.split(maxsplit=1)
        found.setdefault(one, []).append(other)
    return {word: tuple(others) for word, others in found.items()}


OPPOSITES = _both_ways(_OPPOSITES)
"""Word -> those that mean the opposite."""
SYNONYMS = _one_way(_MEANING_THE_SAME)
"""Word -> words that can stand in its place."""
