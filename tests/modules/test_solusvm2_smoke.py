from modulehost import app
from modulehost.context import Host
from tests.addons.conftest import configure
from tests.admin.conftest import Browser
from tests.support.hosts import ADMIN


def test_connect_screen(host: Host) -> None:
    admin = Browser(app.create_app(host).test_client())
    admin.sign_in(**ADMIN)
    configure(admin, "solusvm2")
    page = admin.text("/admin/addonmodules.php?module=solusvm2&tab=settings")
    assert "Test Connection" in page and "Token Pricing" not in page

    web = app.create_app(host).test_client()
    print(page[:300])
    assert web.get("/index.php?m=solusvm2").status_code == 404
    assert "Cloud Hosting" not in web.get("/index.php").text
