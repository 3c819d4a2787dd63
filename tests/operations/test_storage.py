"""Where uploaded files go is a setting of the contract: wired, or refused at start with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django.fixtures import Settings

from passerelle.config.env import Environment, storage
from passerelle.operations.doctor import machine
from passerelle.operations.doctor.findings import State


def environment(url: str, tmp_path: Path) -> Environment:
    return Environment(storage_url=url, data_dir=tmp_path)


def test_files_lie_in_the_data_folder_by_default(tmp_path: Path) -> None:
    assert storage(environment("", tmp_path))["OPTIONS"]["location"] == tmp_path / "files"


@pytest.mark.parametrize("url", ["file:///srv/up%20loads", "file://localhost/srv/up%20loads"])
def test_a_folder_is_named_in_full(url: str, tmp_path: Path) -> None:
    assert storage(environment(url, tmp_path))["OPTIONS"]["location"] == Path("/srv/up loads")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("s3://bucket/files", "s3:// is not served yet"),
        ("file://srv/files", "must name a folder in full"),
        ("file:///", "must name a folder in full"),
        ("/srv/files", "must name a folder in full"),
        ("ftp://x/files", "must name a folder in full"),
    ],
)
def test_what_cannot_be_served_is_refused_at_start(url: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        storage(environment(url, tmp_path))


def test_files_go_where_the_setting_says_and_the_doctor_looks_there(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    settings.STORAGES = {**settings.STORAGES, "default": storage(environment(f"file://{folder}", tmp_path))}
    name = default_storage.save("a.txt", ContentFile(b"a"))
    assert (folder / name).read_bytes() == b"a"
    (finding, *_) = machine.storage()
    assert (finding.state, finding.found) == (State.OK, f"{folder} can be written")
