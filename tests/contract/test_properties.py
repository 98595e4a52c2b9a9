"""Service properties: names that are columns, names that are custom fields, and the model's attributes."""

from modulehost.schema import CustomField, CustomFieldValue
from tests.contract.bench import Bench

SAVES = """
def acme_CreateAccount(params):
    own = params["model"].serviceProperties
    own.save({
        "Username": "fromvendor", "Password": "Vendor-pass-1", "Domain": "vendor.example", "Dedicated IP": "192.0.2.9",
        "Disk Usage": 10, "Disk Limit": "500", "Bandwidth Usage": 20, "Bandwidth Limit": "1000", "ZOID": 760, "Nothing": None,
    })
    heard("got", {name: own.get(name) for name in ("username", "PASSWORD", "Domain", "Dedicated IP", "Disk Limit", "zoid", "Nothing", "Never")})
    return "success"
"""


def test_names_of_columns_fill_columns_and_others_fields(bench: Bench) -> None:
    bench.module(SAVES)
    service = bench.service()
    assert bench.api("ModuleCreate", serviceid=service) == {"result": "success"}
    row = bench.row(service)
    assert (row.username, row.domain, row.dedicatedip) == ("fromvendor", "vendor.example", "192.0.2.9")
    assert (bench.password(service), "Vendor-pass-1" in row.password) == ("Vendor-pass-1", False)
    assert (row.diskusage, row.disklimit, row.bwusage, row.bwlimit) == (10, 500, 20, 1000)
    assert bench.heard()[0].params == {
        "username": "fromvendor", "PASSWORD": "Vendor-pass-1", "Domain": "vendor.example", "Dedicated IP": "192.0.2.9",
        "Disk Limit": "500", "zoid": "760", "Nothing": "", "Never": "",
    }  # fmt: skip
    # The fields that it made are the admin's only.
    fields = {field.fieldname: (field.adminonly, field.fieldtype) for field in bench.rows(CustomField)}
    assert fields == {"ZOID": ("on", "text"), "Nothing": ("on", "text")}
    assert "760" in bench.tab(service)
    assert "ZOID" not in bench.shown(service)


def test_a_field_of_that_name_is_used_and_not_made_twice(bench: Bench) -> None:
    bench.module(SAVES)
    product = bench.product()
    with bench.ctx.unit() as db:
        db.add(CustomField(type="product", relid=product, fieldname="ZOID|Organisation", fieldtype="text"))
    for _ in range(2):
        service = bench.service(product=product)
        bench.api("ModuleCreate", serviceid=service)
        bench.api("ModuleCreate", serviceid=service)
    assert [field.fieldname for field in bench.rows(CustomField)] == ["ZOID|Organisation", "Nothing"]
    assert sorted(value.value for value in bench.rows(CustomFieldValue)) == ["", "", "760", "760"]
    assert "Organisation" in bench.shown(service) and "760" in bench.shown(service)


def test_the_models_columns_and_their_public_names(bench: Bench) -> None:
    bench.module(
        "def acme_CreateAccount(params):\n    model = params['model']\n"
        "    heard('m', [model.id, model.userid, model.clientId, model.packageid, model.packageId, model.status, model.domainstatus,\n"
        "        model.paymentGateway, model.serverId, hasattr(model, 'password'), hasattr(model, 'nonsense')])\n    return 'success'"
    )
    service = bench.service()
    bench.api("ModuleCreate", serviceid=service)
    assert bench.heard()[0].params == [service, 1, 1, 1, 1, "Pending", "Pending", "mailin", 0, False, False]


def test_an_upgrade_to_another_product_takes_no_property(bench: Bench) -> None:
    bench.module(
        SAVES + "def acme_ChangePackage(params):\n"
        "    own = params['model'].serviceProperties\n"
        "    heard('kept', {'zoid': own.get('ZOID')})\n"
        "    own.save({'ZOID': 900})\n"
        "    heard('kept', {'zoid': own.get('ZOID')})\n"
        "    return 'success'\n"
    )
    service, larger = bench.service(), bench.product(name="Larger")
    bench.api("ModuleCreate", serviceid=service)
    assert bench.api("UpdateClientProduct", serviceid=service, pid=larger)["result"] == "success"
    assert bench.api("ModuleChangePackage", serviceid=service) == {"result": "success"}
    assert [one.params["zoid"] for one in bench.heard("kept")] == ["760", "900"]
