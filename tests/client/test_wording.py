"""What rooms below the pages refuse is said in the visitor's language, with its values; API and logs keep their English."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost import language
from modulehost.accounts import Invalid, clients
from modulehost.context import Ctx
from modulehost.language import Phrase, worded
from modulehost.schema import Service
from tests.client.shop import Shop, post, words
from tests.support.hosts import CLIENT

NEW = {
    "register": "true", "firstname": "Noor", "lastname": "Haddad", "email": "noor@example.net", "phonenumber": "+1 202 555 0170",
    "address1": "5 Quay Road", "city": "", "state": "MA", "postcode": "02110", "country": "US", "password": "Noor-pass-1",
    "password2": "Noor-pass-1",
}  # fmt: skip


def test_a_text_stays_english_and_knows_its_phrase() -> None:
    text = Phrase("host.error.cycle", product="Mail: :cycles", cycle=Phrase("orderpaymenttermmonthly", "Monthly"), cycles=[Phrase("yes"), "X"])
    assert text == "Mail: :cycles is not sold Monthly; it is sold Yes, X"
    assert worded("japanese", text) == "「Mail: :cycles」は 毎月 ではご購入いただけません。お選びいただける周期：はい, X"
    assert worded("hindi", "a hook's own words") == "a hook's own words"


def test_an_error_keeps_it() -> None:
    refused = Invalid([Phrase("host.error.userExists", "A user already exists with that email address")])
    assert str(refused) == "A user already exists with that email address"
    kept = str(ValueError(Phrase("host.error.nothingChanged")))
    assert worded("japanese", kept) == "何も変更されていません。"


def test_rooms_speak_english(ctx: Ctx) -> None:
    with pytest.raises(Invalid) as refused:
        clients.add(ctx, {key: value for key, value in NEW.items() if key != "register"} | {"password2": "x"})
    assert refused.value.errors == ["You did not enter your city"]


def test_registration(web: FlaskClient) -> None:
    web.get("/?language=japanese")
    answer = post(web, "/register.php", {**NEW, "email": CLIENT["email"], "city": "Boston"})
    assert "このメールアドレスのユーザーはすでに存在します" in words(answer)
    web.get("/?language=hindi")
    answer = post(web, "/register.php", NEW)
    assert language.phrase("hindi", "clientareaerrorcity") in words(answer)
    assert "You did not" not in words(answer)


def test_configuring_a_product(web: FlaskClient, shop: Shop) -> None:
    web.get("/?language=japanese")
    web.get(f"/cart.php?a=add&pid={shop.mail}")
    form = {"configure": "true", "i": "0", "billingcycle": "triennially", f"configoption[{shop.mailboxes}]": "77"}
    shown = words(post(web, "/cart.php?a=confproduct&i=0", form))
    assert "「Team Mail」は 3年ごと ではご購入いただけません。お選びいただける周期：毎月, 毎年" in shown
    assert "Mailboxes：数量は 50 以下にしてください。" in shown
    assert "「Contact person」を入力してください。" in shown
    answer = post(web, "/cart.php?a=confproduct&i=0", {**form, "ajax": "1", "calctotal": "true", f"configoption[{shop.mailboxes}]": "none"})
    assert "must be" not in words(answer)


def test_account_security_and_users(client: FlaskClient) -> None:
    client.get("/clientarea.php?language=hindi")
    post(client, "/user/password", {"submit": "1", "existingpw": "wrong", "newpw": "Abcdef-1", "confirmpw": "Abcdef-1"})
    assert "आपका मौजूदा पासवर्ड ग़लत है।" in words(client.get("/user/password"))
    post(client, "/account/users/remove", {"userid": "1"})
    assert language.phrase("hindi", "host.error.ownerStays") in words(client.get("/account/users"))
    added = post(client, "/account/contacts/new", {"firstname": "", "lastname": "B", "email": "no"})
    assert language.phrase("hindi", "clientareaerrorfirstname") in words(added)
    assert language.phrase("hindi", "clientareaerroremailinvalid") in words(added)


def test_a_service(client: FlaskClient, ctx: Ctx, shop: Shop) -> None:
    with ctx.unit() as db:
        service = Service(userid=1, packageid=shop.hosting, domainstatus="Active", billingcycle="Monthly", domain="a.example")
        db.add(service)
        db.flush()
        key = service.id
    client.get("/clientarea.php?language=japanese")
    answer = post(client, f"/clientarea.php?action=cancel&id={key}", {"sub": "submit", "type": "someday", "cancellationreason": "x"})
    assert "いつ解約するかを選んでください。" in words(answer)
    answer = post(client, f"/clientarea.php?action=cancel&id={key}", {"sub": "submit", "type": "Immediate", "cancellationreason": ""})
    assert language.phrase("japanese", "clientareacancelreasonrequired") in words(answer)
    with ctx.unit(read=True) as db:
        assert db.scalars(select(Service.domainstatus)).all() == ["Active"]
