"""The admin area in other languages: who gets which, what is looked up, and what never is."""

import html
import re

from jinja2 import DictLoader

from modulehost import app
from modulehost.context import Ctx, Host
from modulehost.schema import Admin
from tests.support.hosts import ADMIN

from .conftest import Browser


def page(host: Host, template: str, **variables: object) -> str:
    """A template of the admin area drawn in Japanese."""
    made = app.create_app(host)
    made.jinja_env.loader = DictLoader({"admin/try.html": template, "elsewhere.html": template})
    with made.test_request_context("/admin/?language=japanese"):
        return made.jinja_env.get_template("admin/try.html").render(**variables)


def test_text_between_tags_and_what_people_read_in_attributes(host: Host) -> None:
    assert page(host, "<p>\n Client </p>") == "<p>\n 顧客 </p>"
    assert page(host, '<input placeholder="Client" value="Client" class="Client">') == '<input placeholder="顧客" value="Client" class="Client">'
    assert page(host, "<h1>Client {{ name }}, Client</h1>", name="Client") == "<h1>顧客 Client, Client</h1>"
    assert page(host, "<p {% if x %}class='a'{% endif %} title='Client'>Client</p>") == "<p  title='顧客'>顧客</p>"


def test_what_is_not_for_people_stays(host: Host) -> None:
    for kept in ("<script>Client</script>", "<style>Client</style>", "<textarea>Client</textarea>", "<code>Client</code>"):
        assert page(host, kept) == kept
    # the text of an option without a value is what the form sends
    assert page(host, '<option>Client</option><option value="">Client</option>') == '<option>Client</option><option value="">顧客</option>'
    assert page(host, '<a title="Client {{ name }}">x</a>', name="A") == '<a title="Client A">x</a>'


def test_a_text_nobody_translated_is_shown_in_english(host: Host) -> None:
    assert page(host, "<p>No phrase of that kind</p>") == "<p>No phrase of that kind</p>"


def test_texts_of_python_are_escaped(host: Host) -> None:
    assert page(host, "{{ say(title) }}", title="Client") == "顧客"
    assert page(host, "{{ say(title) }}", title="<b>Client</b>") == "&lt;b&gt;Client&lt;/b&gt;"


def test_the_language_of_the_administrator(admin: Browser, ctx: Ctx) -> None:
    assert 'lang="en"' in admin.text("/admin/index.php")
    with ctx.unit() as db:
        db.get_one(Admin, 1).language = "hindi"
    text = admin.text("/admin/clients.php")
    assert '<html lang="hi">' in text and "ग्राहक देखें/खोजें" in text
    with ctx.unit() as db:
        db.get_one(Admin, 1).language = "klingon"
    assert 'lang="en"' in admin.text("/admin/clients.php")


def test_the_choice_on_the_sign_in_page_outlives_the_sign_in(host: Host) -> None:
    browser = Browser(app.create_app(host).test_client())
    first = browser.get("/admin/login.php").text
    assert re.findall(r'href="/admin/login.php\?language=(\w+)"', first) == ["english", "hindi", "japanese"]
    assert "パスワード" in browser.get("/admin/login.php?language=japanese").text
    answer = browser.sign_in("admin", "wrong")
    assert "ユーザー名またはパスワードが違うか" in answer.text
    assert browser.sign_in(**ADMIN).status_code == 303
    text = browser.get("/admin/configsystem.php").text
    assert "システム設定" in text and "製品グループ、製品、価格、モジュール設定" in text  # a tile and what it is for


def test_forms_send_the_same_in_every_language(admin: Browser) -> None:
    admin.saved("/admin/configproducts.php?action=creategroup", name="Cloud")
    admin.saved("/admin/configproducts.php?action=create", name="Cloud S", gid="1", type="other")

    def sent(language: str) -> list[str]:
        text = admin.text(f"/admin/configproducts.php?action=edit&id=1&tab=1&language={language}")
        assert ("製品の説明" in text) == (language == "japanese")
        return [html.unescape(found) for found in re.findall(r'(?:name|value)="([^"]*)"', text) if "token" not in found]

    assert sent("english") == sent("japanese")
