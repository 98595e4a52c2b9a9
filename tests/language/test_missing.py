"""What Japanese and Hindi lack: every page of the client area, and the admin pages that the vendors' stories touch."""

import pytest
from jinja2 import Environment

from modulehost import language
from modulehost.web.admin.wording import Wording
from tests.language import admin_words

LANGUAGES = ("japanese", "hindi")


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_client_area_lacks_no_phrase(name: str) -> None:
    missing = {key: text for key, text in language.texts("english").items() if key not in language.texts(name)}
    assert missing == {}, f"add these to language/phrases/{name}.yaml"


@pytest.mark.parametrize("name", LANGUAGES)
def test_placeholders_are_the_same(name: str) -> None:
    english, other = language.texts("english"), language.texts(name)
    placeholders = {key: {word.rstrip(".,:;)!?'\"") for word in text.split() if word.startswith(":")} for key, text in english.items()}
    lost = {key: one for key, all_ in placeholders.items() for one in all_ if len(one) > 1 and one not in other.get(key, one)}
    assert lost == {}


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_story_pages_of_the_admin_area_lack_no_text(name: str) -> None:
    env = Environment(extensions=[Wording])
    known, missing = language.admin_texts(name), {}
    for page in admin_words.STORY:
        missing |= {text: page for text in admin_words.of_template(env, page) if text not in known}
    missing |= {text: "code" for text in (*admin_words.of_code(), *admin_words.of_settings(), *admin_words.STATUSES) if text not in known}
    assert missing == {}, f"add these to language/phrases/admin/{name}.yaml"
