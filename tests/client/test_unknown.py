"""An address that nothing answers."""

from flask.testing import FlaskClient

from modulehost import language
from tests.client.shop import post, words
from tests.support.hosts import ADMIN


def test_it_is_said_in_the_look_and_language_of_the_client_area(client: FlaskClient) -> None:
    client.get("/clientarea.php?language=japanese")
    page = client.get("/nosuch.php")
    assert page.status_code == 404
    assert "ページがありません" in words(page) and "harbour" in page.text
    assert client.post("/nosuch.php").status_code == 404


def test_other_faces_answer_for_themselves(client: FlaskClient) -> None:
    for address in ("/admin/nosuch.php", "/includes/nosuch.php", "/_host/nosuch", "/modules/servers/nosuch/x"):
        page = client.get(address)
        assert page.status_code in (403, 404) and "harbour" not in page.text, address


def test_the_language_outlives_an_admin_sign_in(client: FlaskClient) -> None:
    client.get("/clientarea.php?language=hindi")
    post(client, "/admin/dologin.php", {"username": ADMIN["username"], "password": ADMIN["password"]})
    assert client.get("/admin/clients.php").status_code == 200
    assert language.phrase("hindi", "clientareaproducts") in words(client.get("/clientarea.php?action=services"))
