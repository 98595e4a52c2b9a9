"""Installing from folders and archives as vendors ship them, by command line and by upload; what is refused."""

import io
import json
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from modulehost import extensions
from modulehost.cli import main
from modulehost.context import Ctx, Host
from modulehost.extensions import InstallRefused, archives
from tests.admin.conftest import Browser

CODE = "def acme_config(): return {'name': 'Acme', 'version': '1'}\n"
SERVER = "def acme_ConfigOptions(params): return {}\n"


def zipped(files: dict[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = name
            archive.writestr(info, text)
    return made.getvalue()


def package(tmp_path: Path, content: bytes, name: str = "acme.zip") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


SHAPES = {
    "the module's folder": {"acme/acme.py": CODE, "acme/lang/english.py": "ADDONLANG = {}"},
    "files without a folder": {"acme.py": CODE, "lang/english.py": "ADDONLANG = {}"},
    "a tree": {"modules/addons/acme/acme.py": CODE, "modules/addons/acme/lang/english.py": "ADDONLANG = {}", "README.txt": "read"},
    "a tree below a folder": {"acme-1.2/upload/modules/addons/acme/acme.py": CODE, "acme-1.2/upload/modules/addons/acme/lang/english.py": ""},
    "a download of a repository": {"acme-main/acme.py": CODE, "acme-main/lang/english.py": "", "acme-main/setup.py": ""},
    "an archive in an archive": {"docs/manual.txt": "read", "acme_1.2.zip": zipped({"acme/acme.py": CODE, "acme/lang/english.py": ""})},
    "an archive in an archive in an archive": {"one.zip": zipped({"two.zip": zipped({"acme/acme.py": CODE, "acme/lang/english.py": ""})})},
    "an archive made on Windows": {"acme\\": "", "acme\\acme.py": CODE, "acme\\lang\\": "", "acme\\lang\\english.py": ""},
    "what a mac leaves behind": {"acme/acme.py": CODE, "acme/lang/english.py": "", "__MACOSX/acme/._acme.py": "x", "acme/.DS_Store": "x"},
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_in_which_vendors_ship(host: Host, tmp_path: Path, shape: str) -> None:
    made = extensions.install(host, package(tmp_path, zipped(SHAPES[shape])))
    assert [(one.module.type, one.module.name, one.replaced) for one in made.installed] == [("addons", "acme", False)]
    folder = host.root / "modules" / "addons" / "acme"
    assert (folder / "acme.py").read_text() == CODE
    assert (folder / "lang" / "english.py").exists()
    assert not (folder / ".DS_Store").exists()
    assert extensions.module(host, "addons", "acme").problem == ""
    assert not list((host.root / "run").glob("install-*"))


def test_the_same_shapes_as_folders(host: Host, tmp_path: Path) -> None:
    for number, shape in enumerate(one for one in SHAPES if "Windows" not in one):
        source = tmp_path / f"source{number}"
        for name, text in SHAPES[shape].items():
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        (source / ".git").mkdir()
        before = sorted(p for p in source.rglob("*"))
        extensions.install(host, source, replace=True)
        assert (host.root / "modules/addons/acme/acme.py").read_text() == CODE
        assert sorted(p for p in source.rglob("*")) == before


def test_archives_that_are_a_modules_data_stay_what_they_are(host: Host, tmp_path: Path) -> None:
    data = zipped({"../kept": "x"})
    extensions.install(host, package(tmp_path, zipped({"acme/acme.py": CODE, "acme/data.zip": data})))
    assert (host.root / "modules/addons/acme/data.zip").read_bytes() == data


def test_a_tar_and_several_modules_at_once(host: Host, tmp_path: Path) -> None:
    path = tmp_path / "all.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in {
            "x/modules/addons/acme/acme.py": CODE, "x/modules/servers/acme/acme.py": SERVER,
            "x/modules/gateways/acme.php": "<?php", "x/includes/hooks/acme.py": "pass",
        }.items():  # fmt: skip
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    made = extensions.install(host, path)
    assert [one.module.shown for one in made.installed] == ["modules/addons/acme", "modules/servers/acme"]
    assert made.left_out == ("includes/hooks", "modules/gateways")


def test_a_module_in_php_is_installed_and_says_that_it_cannot_run(host: Host, tmp_path: Path) -> None:
    php = "<?php\nfunction acme_config() { return []; }\n"
    made = extensions.install(host, package(tmp_path, zipped({"upload/acme/acme.php": php})))
    assert "is written in PHP" in made.installed[0].module.problem


def test_one_that_is_there_is_replaced_whole_when_asked(host: Host, tmp_path: Path) -> None:
    path = package(tmp_path, zipped({"acme/acme.py": CODE, "acme/old.py": ""}))
    extensions.install(host, path)
    new = package(tmp_path, zipped({"acme/acme.py": CODE + "# two\n"}), "new.zip")
    with pytest.raises(InstallRefused, match="modules/addons/acme is already there"):
        extensions.install(host, new)
    assert extensions.install(host, new, replace=True).installed[0].replaced
    folder = host.root / "modules/addons/acme"
    assert sorted(p.name for p in folder.iterdir()) == ["acme.py"]
    assert "# two" in (folder / "acme.py").read_text()


@pytest.mark.parametrize(
    "name",
    [
        "../evil.py",
        "acme/../../evil.py",
        "/etc/evil.py",
        "..\\..\\evil.py",
        "C:\\evil.py",
        "c:/evil.py",
        "acme/e\0vil.py",
        "\\\\host\\x.py",
    ],
)
def test_path_tricks_are_refused_and_nothing_is_left(host: Host, tmp_path: Path, name: str) -> None:
    path = package(tmp_path, zipped({"acme/acme.py": CODE, name: "evil"}))
    with pytest.raises(InstallRefused, match="leads out of its folder; nothing was unpacked"):
        extensions.install(host, path)
    nested = package(tmp_path, zipped({"read.me": "", "in.zip": path.read_bytes()}), "outer.zip")
    with pytest.raises(InstallRefused, match=r"outer\.zip/in\.zip"):
        extensions.install(host, nested)
    assert not list(host.root.rglob("*vil.py"))
    assert not (tmp_path / "evil.py").exists()
    assert not (host.root / "modules/addons/acme").exists()


def test_links_devices_and_passwords_are_refused(host: Host, tmp_path: Path) -> None:
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("acme/acme.py", CODE)
        info = zipfile.ZipInfo("acme/link.py")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(InstallRefused, match="is a link or a device"):
        extensions.install(host, path)
    tar = tmp_path / "link.tar"
    with tarfile.open(tar, "w") as opened:
        entry = tarfile.TarInfo("acme/hard.py")
        entry.type, entry.linkname = tarfile.LNKTYPE, "/etc/passwd"
        opened.addfile(entry)
    with pytest.raises(InstallRefused, match="is a link or a device"):
        extensions.install(host, tar)
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / "acme.py").write_text(CODE)
    (folder / "out.py").symlink_to("/etc/passwd")
    with pytest.raises(InstallRefused, match=r"out\.py is a link"):
        extensions.install(host, folder)
    locked = bytearray(zipped({"acme/acme.py": CODE}))
    locked[6] |= 1  # the bit that says encrypted, in the entry and in the directory
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InstallRefused, match="protected with a password"):
        extensions.install(host, package(tmp_path, bytes(locked), "locked.zip"))


def test_bombs_are_refused(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 100_000)
    inner = zipped({"acme/acme.py": CODE, "zeros": b"\0" * 90_000})
    extensions.install(host, package(tmp_path, inner))
    with pytest.raises(InstallRefused, match="holds more than"):
        extensions.install(host, package(tmp_path, zipped({"a.zip": inner, "b.zip": inner})), replace=True)
    monkeypatch.setattr(archives, "MAX_FILES", 3)
    with pytest.raises(InstallRefused, match="more than 3 files"):
        extensions.install(host, package(tmp_path, zipped({f"acme/{n}.py": "" for n in range(4)})), replace=True)
    deep = zipped({"acme/acme.py": CODE})
    for _ in range(6):
        deep = zipped({"in.zip": deep})
    monkeypatch.undo()
    with pytest.raises(InstallRefused, match="up to 4 deep"):
        extensions.install(host, package(tmp_path, deep), replace=True)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"readme.txt": "hello"}, "no module was found"),
        ({"modules/addons/Acme-Pro/x.py": ""}, "a module named 'Acme-Pro'"),
        ({"php7/modules/addons/acme/a.php": "x", "php8/modules/addons/acme/a.php": "x"}, "modules/addons/acme twice"),
        ({"acme/a.py": "1", "acme/A.py": "2"}, "twice"),
    ],
)
def test_what_cannot_be_told_is_refused(host: Host, tmp_path: Path, files: dict[str, str | bytes], said: str) -> None:
    with pytest.raises(InstallRefused, match=said):
        extensions.install(host, package(tmp_path, zipped(files)))


def test_what_is_no_archive_is_refused(host: Host, tmp_path: Path) -> None:
    with pytest.raises(InstallRefused, match="is no archive"):
        extensions.install(host, package(tmp_path, b"hello"))
    with pytest.raises(InstallRefused, match="does not exist"):
        extensions.install(host, tmp_path / "nothing")
    with pytest.raises(InstallRefused, match="this host's own root"):
        extensions.install(host, host.root.parent)
    broken = zipped({"acme/acme.py": CODE * 50})
    with pytest.raises(InstallRefused):
        extensions.install(host, package(tmp_path, broken[:60] + b"\xff" * 20 + broken[80:]))


def test_the_command_line_installs(host: Host, tmp_path: Path) -> None:
    path = package(tmp_path, zipped({"acme/acme.py": CODE}))
    words = ["module", "install", str(path), "--root", str(host.root)]
    result = CliRunner().invoke(main, [*words, "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["installed"][0]["name"] == "acme"
    again = CliRunner().invoke(main, words)
    assert again.exit_code == 1
    assert "is already there" in again.output
    assert "replaced" in CliRunner().invoke(main, [*words, "--replace"]).output


def test_an_admin_installs_by_upload(admin: Browser, ctx: Ctx) -> None:
    url = "/admin/configaddonmods.php"

    def upload(content: bytes, **more: str) -> str:
        form = {"action": "upload", "archive": (io.BytesIO(content), "acme.zip"), **more}
        return admin.saved(url, form)

    assert upload(zipped({"acme/acme.py": CODE})) == f"{url}#acme"
    assert "modules/addons/acme" in admin.text(url)
    upload(zipped({"acme/acme.py": CODE}))
    assert "is already there" in admin.text(url)
    upload(zipped({"acme/acme.py": CODE}), replace="1")
    assert "Modules Installed" in admin.text(url)
    upload(zipped({"../x": "1"}))
    assert "acme.zip holds the path '../x'" in admin.text(url)
    admin.saved(url, action="upload")
    assert "Choose the archive" in admin.text(url)
    assert not list((ctx.host.root / "run").glob("upload-*"))
