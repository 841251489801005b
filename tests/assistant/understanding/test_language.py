"""Questions in other languages are told, and English ones, with whatever names and slips, are hardly ever taken for one."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.understanding.language import Languages, _identifier

QUESTIONS = Path(__file__).parents[2] / "questions"

OTHERS = {
    "de": [
        "Wann wurde die Fähre über die Bucht gebaut?",
        "Wem gehört die Fähre?",
        "Was kostet eine Fahrkarte für Kinder?",
        "Warum hat der Stadtrat gegen den Antrag gestimmt?",
        "Worum geht es in dem Artikel?",
        "Wie viele Menschen wohnen in der Stadt?",
        "Welche Straßen sind am Montag gesperrt?",
        "Ist das Museum sonntags geöffnet?",
    ],
    "fr": [
        "Quand le pont a-t-il été construit ?",
        "Qui est le propriétaire du ferry ?",
        "Combien coûte un billet pour les enfants ?",
        "Pourquoi le conseil a-t-il voté contre ?",
        "De quoi parle cet article ?",
        "Où se trouve le siège de l'entreprise ?",
        "Quelles sont les nouvelles règles ?",
    ],
    "es": [
        "¿Cuándo se construyó el puente?",
        "¿Quién es el dueño del barco?",
        "¿Cuánto cuesta la entrada para niños?",
        "¿Por qué votó el consejo en contra?",
        "¿De qué trata este artículo?",
        "cuantas personas viven en la ciudad",
        "donde esta la oficina de la empresa",
    ],
    "it": [
        "Quando è stato costruito il ponte?",
        "Chi è il proprietario del traghetto?",
        "Quanto costa un biglietto per bambini?",
        "Perché il consiglio ha votato contro?",
        "Di cosa parla questo articolo?",
        "Quante persone vivono in città?",
    ],
    "pt": [
        "Quando foi construída a ponte?",
        "Quem é o dono do barco?",
        "Quanto custa um bilhete para crianças?",
        "Por que o conselho votou contra?",
        "De que trata este artigo?",
        "Onde fica a sede da empresa?",
    ],
    "nl": [
        "Wanneer werd de brug gebouwd?",
        "Wie is de eigenaar van de veerboot?",
        "Hoeveel kost een kaartje voor kinderen?",
        "Waarom stemde de raad tegen het voorstel?",
        "Waar gaat dit artikel over?",
        "Hoeveel mensen wonen er in de stad?",
    ],
    "pl": [
        "Kiedy zbudowano most?",
        "Kto jest właścicielem promu?",
        "Ile kosztuje bilet dla dzieci?",
        "Dlaczego rada głosowała przeciw?",
        "O czym jest ten artykuł?",
    ],
    "ru": [
        "Когда был построен мост?",
        "Кому принадлежит паром?",
        "Сколько стоит билет для детей?",
        "Почему совет проголосовал против?",
        "О чём эта статья?",
    ],
    "zh": ["这座桥是什么时候建成的？", "渡轮归谁所有？", "儿童票多少钱？", "这篇文章讲的是什么？"],
    "ja": ["この橋はいつ建設されましたか？", "フェリーの所有者は誰ですか？"],
    "ar": ["متى تم بناء الجسر؟", "من يملك العبارة؟", "كم سعر تذكرة الأطفال؟", "لماذا صوت المجلس ضد الاقتراح؟"],
    "tr": [
        "Köprü ne zaman inşa edildi?",
        "Feribotun sahibi kim?",
        "Çocuk bileti ne kadar?",
        "Meclis neden karşı oy kullandı?",
        "Bu makale ne hakkında?",
    ],
    "sv": ["När byggdes bron över floden?", "Vem äger färjan i hamnen?", "Hur mycket kostar en biljett för barn?"],
    "cs": ["Kdy byl postaven most přes řeku?", "Kolik stojí lístek pro děti?"],
    "el": ["Πότε χτίστηκε η γέφυρα;"],
    "hi": ["यह पुल कब बनाया गया था?"],
    "ko": ["다리는 언제 지어졌습니까?"],
}
UNSPACED = ("zh", "ja")

ENGLISH = (
    "And Stoltenberg?",
    "Who is Giuseppe Conte?",
    "who is leilani kapule",
    "Who is 习近平?",
    "what does 北京 mean",
    "What is the Bundesverfassungsgericht?",
    "Who founded Médecins Sans Frontières?",
    "What does “Wem gehört die Fähre?” mean?",
    "Johann Wolfgang von Goethe",
    "Volkswagen Aktiengesellschaft Wolfsburg",
    "Luiz Inácio Lula da Silva",
    "Ngô Đình Diệm",
    "Łódź",
    "population",
    "tl;dr",
    "who onws teh fery",
    "wat is the pirce of a tiket",
    "lol wot",
    "WHO OWNS THE FERRY?",
    "SELECT * FROM users WHERE id = 1",
    "x = y + z",
    "main() int argc",
    "npm install --save-dev",
    "https://example.com/a",
    "2021",
    "???",
    "",
)


@pytest.fixture(scope="module")
def languages() -> Languages:
    made = Languages()
    made.warm()
    return made


def asked(data: Any) -> Iterator[str]:
    """All questions of a question set."""
    if isinstance(data, dict):
        yield from (text for key, text in data.items() if key == "question" and isinstance(text, str))
        data = list(data.values())
    if isinstance(data, list):
        for one in data:
            yield from asked(one)


def english() -> set[str]:
    """The questions of all sets that ship."""
    load: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    sets = QUESTIONS.rglob("*.questions.yaml")
    return {text for path in sets for text in asked(yaml.load(path.read_text(encoding="utf-8"), load))}


def test_nine_in_ten_questions_of_four_words_in_other_languages_are_recognised(languages: Languages) -> None:
    spaced = [text for name, texts in OTHERS.items() if name not in UNSPACED for text in texts]
    long = [text for text in spaced if len(text.split()) >= 4] + [text for name in UNSPACED for text in OTHERS[name]]
    missed = [text for text in long if not languages.is_other(text)]
    assert len(long) > 60
    assert len(missed) <= len(long) // 10, missed


@pytest.mark.parametrize("language", OTHERS)
def test_each_of_these_languages_is_recognised(languages: Languages, language: str) -> None:
    assert any(languages.is_other(text) for text in OTHERS[language])


def test_at_most_one_english_question_in_a_thousand_is_taken_for_another_language(languages: Languages) -> None:
    questions = english()
    mistaken = [text for text in questions if languages.is_other(text)]
    assert len(questions) > 2_500
    assert len(mistaken) <= len(questions) // 1_000, mistaken


@pytest.mark.parametrize("text", ENGLISH)
def test_names_slips_and_code_are_english_unless_that_is_surely_not_so(languages: Languages, text: str) -> None:
    assert not languages.is_other(text)


def test_capitals_throughout_hide_no_language(languages: Languages) -> None:
    assert languages.is_other("WEM GEHÖRT DIE FÄHRE?")


def test_a_script_without_capitals_is_told_beside_a_latin_name(languages: Languages) -> None:
    assert languages.is_other("NATO是什么时候成立的？")


def test_several_threads_may_ask_at_once() -> None:
    shared, told = Languages(), []
    threads = [threading.Thread(target=lambda: told.append(shared.is_other("Wem gehört die Fähre?"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [True] * 4


def test_the_model_is_loaded_once_in_a_process(
    languages: Languages, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))  # Without one it can't be loaded.
    assert Languages().is_other("Wem gehört die Fähre?")


def test_without_a_place_for_temporary_files_nothing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _identifier.cache_clear()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert not Languages().is_other("Wem gehört die Fähre?")
