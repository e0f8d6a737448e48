"""What a client of hasher-matcher-actioner 1.1 does, in the order in which it does it, by the shapes of HMA's description."""

import hashlib
import io
import json
import time

import pytest
from PIL import Image

from drawn_files import scene
from haechi.domain.api_key import ApiRole
from served_files import serving

BANK = "TEST_BANK"
FAR = "5" * 64


@pytest.fixture(scope="module")
def photo():
    octets = io.BytesIO()
    scene(1).save(octets, "JPEG", quality=90)
    return octets.getvalue()


@pytest.fixture
def files(photo):
    with serving({"/image.jpg": ("image/jpeg", photo), "/film": ("video/mp4", b"no film")}) as address:
        yield address


@pytest.fixture
def client(make_server, files):
    return make_server(trusted=[files.removeprefix("http://")]).client(ApiRole.ADMIN)


def test_a_client_fills_a_bank_and_finds_what_is_in_it(client, files, photo):
    assert client.get("/status").text == "I-AM-ALIVE"
    assert client.get("/c/banks").json() == []
    for wrong in ("01_BANK", "my_bank"):
        assert client.post("/c/banks", json={"name": wrong}).status_code == 400
    made = client.post("/c/banks", json={"name": BANK})
    assert (made.status_code, made.json()) == (201, {"name": BANK, "matching_enabled_ratio": 1.0})
    assert client.post("/c/banks", json={"name": BANK}).status_code == 403

    url = f"{files}/image.jpg"
    pdq = client.get("/h/hash", params={"url": url}).json()["pdq"]
    assert client.post("/h/hash", files={"photo": ("a.jpg", photo, "image/jpeg")}).json() == {"pdq": pdq}
    metadata = {"content_id": "1197433091", "content_uri": "https://p.example/1", "json": {"asdf": {}}}
    added = client.post(
        f"/c/bank/{BANK}/content",
        params={"url": url, "content_type": "photo"},
        json={"metadata": metadata, "note": "seen"},
    )
    assert (added.status_code, added.json()) == (200, {"id": 1, "signals": {"pdq": pdq}})
    assert (
        client.post(f"/c/bank/{BANK}/content", params={"url": url}, json={"metadata": {"other": 5}}).status_code == 400
    )
    sent = client.post(
        f"/c/bank/{BANK}/content",
        files={"photo": ("a.jpg", photo)},
        data={"metadata": json.dumps(metadata), "note": "x"},
    )
    assert sent.json()["signals"] == {"pdq": pdq}
    by_hash = client.post(f"/c/bank/{BANK}/signal", json={"pdq": FAR, "note": "far"})
    assert by_hash.json() == {"id": 3, "signals": {"pdq": FAR}}

    content = client.get(f"/c/bank/{BANK}/content/1", params={"include_signals": "true"}).json()
    assert content["signals"]["pdq"] == pdq
    assert content["metadata"] == metadata
    assert (content["id"], content["disable_until_ts"], content["note"]) == (1, 1, "seen")
    assert content["bank"] == {"name": BANK, "matching_enabled_ratio": 1.0}
    bare = client.get(f"/c/bank/{BANK}/content/1", params={"include_metadata": "false"}).json()
    assert {"signals", "metadata"}.isdisjoint(bare)

    assert client.get("/m/index/status", params={"signal_type": "pdq"}).json()["pdq"]["present"] is True
    status = client.get("/c/signal_type/index").json()["pdq"]
    assert status["index_out_of_date"] is False
    assert status["db_size"] == status["index_size"]

    near = {BANK: [{"bank_content_id": 1, "distance": "0"}, {"bank_content_id": 2, "distance": "0"}]}
    assert client.get("/m/lookup", params={"signal_type": "pdq", "signal": pdq}).json() == near
    assert client.get("/m/lookup", params={"url": url}).json() == {"pdq": near}
    assert client.get("/m/lookup", params={"url": url, "signal_type": "pdq"}).json() == near
    assert client.post("/m/lookup", files={"photo": ("a.jpg", photo)}).json() == {"pdq": near}
    assert client.get("/m/lookup", params={"signal_type": "pdq", "signal": "a" * 64}).json() == {}
    assert client.get("/m/lookup", params={"signal_type": "pdq", "signal": pdq, "banks": "OTHER"}).json() == {}
    raw = {"signal_type": "pdq", "signal": pdq}
    assert client.get("/m/raw_lookup", params=raw).json() == {"matches": [1, 2]}
    assert client.get("/m/raw_lookup", params={**raw, "include_distance": True}).json() == {"matches": near[BANK]}


def test_a_client_switches_contents_and_banks_off_and_removes_them(client):
    client.post("/c/banks", json={"name": BANK})
    for pdq in ("0" * 64, "f" * 64):
        client.post(f"/c/bank/{BANK}/signal", json={"pdq": pdq})

    def found(pdq, **options):
        return client.get("/m/lookup", params={"signal_type": "pdq", "signal": pdq, **options}).json()

    until = int(time.time()) + 1_000_000
    off = client.put(f"/c/bank/{BANK}/content/1", json={"disable_until_ts": until})
    assert (off.status_code, off.json()["disable_until_ts"]) == (200, until)
    assert found("0" * 64) == {}
    assert client.put(f"/c/bank/{BANK}/content/1", json={"disable_until_ts": 9_999_999_999}).status_code == 400
    assert client.put(f"/c/bank/{BANK}/content/1", json={"disable_until_ts": 0}).json()["disable_until_ts"] == 0
    assert found("0" * 64) == {}
    assert client.put(f"/c/bank/{BANK}/content/1", json={"disable_until_ts": 1}).json()["disable_until_ts"] == 1
    assert found("0" * 64)

    assert client.delete(f"/c/bank/{BANK}/content/2").json() == {"deleted": 1}
    assert client.delete(f"/c/bank/{BANK}/content/2").json() == {"deleted": 0}
    assert client.get(f"/c/bank/{BANK}/content/2").status_code == 404
    # Not as HMA, which goes on answering with what was removed until its index is built anew.
    assert client.get("/m/raw_lookup", params={"signal_type": "pdq", "signal": "f" * 64}).json() == {"matches": []}

    renamed = client.put(f"/c/bank/{BANK}", json={"name": "RENAMED", "enabled": False})
    assert renamed.json() == {"name": "RENAMED", "matching_enabled_ratio": 0.0}
    assert found("0" * 64) == {}
    assert found("0" * 64, bypass_coinflip="true") == {"RENAMED": [{"bank_content_id": 1, "distance": "0"}]}
    assert client.delete("/c/bank/RENAMED").json() == {"message": "Done"}
    assert client.delete("/c/bank/RENAMED").json() == {"message": "Done"}
    assert client.get("/c/bank/RENAMED").status_code == 404


def test_a_seed_decides_the_same_way_each_time(client):
    client.post("/c/banks", json={"name": BANK, "enabled_ratio": 0.5})
    client.post(f"/c/bank/{BANK}/signal", json={"pdq": "0" * 64})
    options = {"signal_type": "pdq", "signal": "0" * 64}
    drawn = [
        [bool(client.get("/m/lookup", params={**options, "seed": str(seed)}).json()) for seed in range(20)]
        for _ in range(2)
    ]
    assert drawn[0] == drawn[1]
    assert 0 < sum(drawn[0]) < 20


def test_a_client_compares_hashes(client):
    compared = client.post("/m/compare", json={"pdq": ["0" * 64, "0" * 62 + "ff"], "md5": ["0" * 32, "0" * 32]})
    assert compared.json() == {"pdq": [True, {"distance": 8}], "md5": [True, {}]}
    assert client.post("/m/compare", json={"pdq": ["0" * 64]}).status_code == 400
    assert client.post("/m/compare", json={"pdq": ["0" * 64, "zz"]}).status_code == 400


def test_a_film_is_known_by_its_md5_and_a_file_too_plain_to_compare_says_so(client, files):
    client.post("/c/banks", json={"name": BANK})
    added = client.post(f"/c/bank/{BANK}/content", params={"url": f"{files}/film"}).json()
    assert list(added["signals"]) == ["video_md5"]
    found = client.post("/m/lookup", files={"video": ("b.mp4", b"no film")}).json()
    assert found == {"video_md5": {BANK: [{"bank_content_id": 1, "distance": "-"}]}}
    plain = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(plain, "PNG")
    assert client.post("/h/hash", files={"photo": plain.getvalue()}).json() == {"pdq": ""}
    refused = client.post(f"/c/bank/{BANK}/content", files={"photo": plain.getvalue()})
    assert (refused.status_code, refused.json()["facts"]["problem"]) == (400, "quality")


def test_a_client_sets_an_exchange_up(client):
    apis = client.get("/c/exchanges/apis").json()
    assert {"fb_threatexchange", "ncmec", "stopncii"} <= set(apis)
    state = {"supports_authentification": True, "has_set_authentification": False}
    assert client.get("/c/exchanges/api/ncmec").json() == state
    schema = client.get("/c/exchanges/api/ncmec/schema").json()
    assert [one["name"] for one in schema["config_schema"]["fields"]] == ["environment"]
    given = {"credential_json": {"user": "u", "password": "secret"}}
    kept = client.post("/c/exchanges/api/ncmec", json=given)
    assert kept.json() == {**state, "has_set_authentification": True}
    assert client.post("/c/exchanges/api/ncmec", json={"credential_json": {}}).json() == state
    new = {"bank": "PARTNER", "api": "ncmec", "api_json": {"environment": "https://report.cybertip.org/hashsharing"}}
    made = client.post("/c/exchanges", json=new)
    assert (made.status_code, made.json()) == (201, {"message": "Created successfully"})
    assert client.post("/c/exchanges", json={**new, "api": "nobody"}).status_code == 400
    assert client.post("/c/exchanges", json={**new, "api_json": {"url": "http://127.0.0.1/"}}).status_code == 400
    assert client.get("/c/exchanges").json() == ["PARTNER"]
    shown = {"name": "PARTNER", "api": "ncmec", "enabled": True, "environment": "industry"}
    assert client.get("/c/exchange/PARTNER").json() == shown
    status = client.get("/c/exchange/PARTNER/status").json()
    assert (status["last_fetch_time"], status["checkpoint_time"], status["success"]) == (0, 0, True)
    assert client.put("/c/exchange/PARTNER", json={"enabled": False}).json() == {**shown, "enabled": False}
    assert client.delete("/c/exchange/PARTNER").json() == {"message": "Exchange deleted"}
    assert client.get("/c/exchange/PARTNER").status_code == 404


def test_a_client_uses_the_sample_and_a_file_and_sees_how_far_they_were_read(client):
    for name, api, settings in (
        ("SAMPLE", "sample", {}),
        ("FILE", "local_file", {"filename": "/etc/passwd", "signal_type": "pdq"}),
    ):
        assert client.get(f"/c/exchanges/api/{api}").json()["supports_authentification"] is False
        made = client.post("/c/exchanges", json={"bank": name, "api": api, "api_json": settings})
        assert made.status_code == 201
        client.post(f"/v1/exchanges/{name}/fetch")
    read, failed = (client.get(f"/c/exchange/{name}/status").json() for name in ("SAMPLE", "FILE"))
    assert (read["success"], read["up_to_date"], read["fetched_items"]) == (True, True, 15)
    assert read["running_fetch_start_ts"] is None
    assert read["checkpoint_ts"] == read["last_fetch_complete_ts"] > 0
    assert (failed["success"], failed["up_to_date"], failed["fetched_items"]) == (False, False, 0)
    sampled = hashlib.sha256(b"haechi sample pdq-1").hexdigest()
    found = client.get("/m/lookup", params={"signal_type": "pdq", "signal": sampled}).json()
    assert [one["distance"] for one in found["SAMPLE"]] == ["0"]
    metrics = client.get("/metrics").text
    assert 'haechi_exchange_up_to_date{exchange="SAMPLE"} 1.0' in metrics
    assert 'haechi_exchange_up_to_date{exchange="FILE"} 0.0' in metrics
    changed = client.put("/c/exchange/SAMPLE", json={"fetch_every_s": 3600, "tier": "police"}).json()
    assert (changed["fetch_every_s"], changed["tier"], changed["enabled"]) == (3600, "police", True)
    assert client.put("/c/exchange/SAMPLE", json={"fetch_every_s": 1}).status_code == 400
    assert client.get("/c/exchange/SAMPLE/status").json()["checkpoint_ts"] == read["checkpoint_ts"]


def test_what_hma_registers_for_development_is_not_there(client):
    for name in ("factory_reset", "setup_sample_example", "setup_tx_example", "seed_banks", "run_fetch"):
        for path in (f"/dev/{name}", f"/{name}"):
            assert client.post(path).status_code == 404


def test_other_paths_of_hma_answer(client):
    assert client.get("/status/live").text == "I-AM-ALIVE"
    assert "/m/lookup" in client.get("/site-map").json()
    assert client.get("/openapi/openapi.json").json()["openapi"] == "3.1.0"
    assert {"name": "pdq", "enabled_ratio": 1.0} in client.get("/c/signal_type").json()
    assert {"name": "photo", "enabled": True} in client.get("/c/content_type").json()
    for page in ("/ui/banks", "/ui/exchanges", "/ui/match", "/ui/documentation"):
        assert client.get(page).status_code == 200
    found = client.post("/ui/query_hash", data={"signal_type": "pdq", "signal_value": FAR}).json()
    assert found == {"hashes": {"pdq": FAR}, "banks": [], "matches": []}


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("POST", "/h/hash", {"files": {"other": b"x"}}, 400),
        ("POST", "/h/hash", {"files": [("photo", b"x"), ("photo", b"y")]}, 400),
        ("POST", "/h/hash", {"files": {"photo": b"no picture"}}, 400),
        ("POST", "/h/hash", {}, 400),
        ("GET", "/m/lookup", {}, 400),
        ("GET", "/m/lookup?signal_type=pdq&signal=zz", {}, 400),
        ("GET", "/m/lookup?signal_type=tmk&signal=00", {}, 400),
        ("POST", "/c/bank/NOBODY/signal", {"json": {"pdq": FAR}}, 404),
    ],
)
def test_what_is_sent_wrongly_is_refused_with_a_message(client, method, path, sent, status):
    refused = client.request(method, path, **sent)
    assert (refused.status_code, bool(refused.json()["message"])) == (status, True)
