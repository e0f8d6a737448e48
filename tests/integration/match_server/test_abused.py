"""Keys, limits, probing, poisoning: what a client that means no good can and cannot do."""

import base64
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from PIL import Image

from haechi.bootstrap.matcher import NewContent
from haechi.domain.api_key import ApiRole
from haechi.domain.bank import Depicted, Signal, SignalType, Tier
from haechi.domain.errors import ExchangeMissingError, FileTooLargeError
from haechi.domain.probing import VARIANTS
from haechi.web import application
from haechi.web.held import Held
from haechi.web.reading import MOST_FILE_BYTES
from haechi.web.service import Service, Settings

ZERO = bytes(32)


def bits(*positions):
    return sum(1 << position for position in positions).to_bytes(32)


def asked(value):
    return {"signal_type": "pdq", "signal": value.hex()}


def batch(*values, **how):
    return {"queries": [{"signals": [{"type": "pdq", "value": value.hex()}]} for value in values], **how}


def pictures(*values, tier=Tier.WORKER_VERIFIED):
    return [NewContent((Signal(SignalType.PDQ, value),), tier) for value in values]


@pytest.fixture
def bank(server):
    server.matcher.add_bank("A_BANK", Depicted.ADULT, by="test")
    server.matcher.add_contents("A_BANK", pictures(ZERO), by="test")
    return server


def actions(server):
    return [line.action for line in server.matcher.audit(most=1_000)]


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (ApiRole.HASHER, {"hash"}),
        (ApiRole.MATCHER, {"hash", "ask"}),
        (ApiRole.CURATOR, {"hash", "ask", "change"}),
        (ApiRole.ADMIN, {"hash", "ask", "change", "keys"}),
    ],
)
def test_a_key_may_what_its_role_may(bank, role, may):
    client = bank.client(role)
    tried = {
        "hash": client.get("/c/signal_type"),
        "ask": client.get("/m/lookup", params=asked(ZERO)),
        "change": client.post("/c/bank/A_BANK/signal", json={"pdq": "f" * 64}),
        "keys": client.get("/v1/keys"),
    }
    assert {what for what, answer in tried.items() if answer.status_code == 200} == may
    assert {answer.json()["code"] for what, answer in tried.items() if what not in may} <= {"role-missing"}


def test_a_secret_is_shown_once_and_a_revoked_key_is_let_in_no_more(bank):
    admin = bank.client(ApiRole.ADMIN)
    made = admin.post("/v1/keys", json={"name": "p.example", "role": "matcher"}).json()
    assert made["secret"] not in admin.get("/v1/keys").text + admin.get("/v1/audit").text
    headers = {"Authorization": f"Bearer {made['secret']}"}
    assert bank.bare.get("/m/lookup", params=asked(ZERO), headers=headers).status_code == 200
    assert admin.delete("/v1/keys/p.example").status_code == 200
    refused = bank.bare.get("/m/lookup", params=asked(ZERO), headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "api-key-refused")
    assert "Bearer" in refused.headers["WWW-Authenticate"]


def test_mass_lookups_by_one_key_are_limited_and_audited_and_others_go_on(bank):
    many, other = (
        bank.client(ApiRole.MATCHER, name="many", lookups_per_minute=20),
        bank.client(ApiRole.MATCHER, name="other"),
    )
    answers = [many.get("/m/lookup", params=asked(ZERO)) for _ in range(25)]
    assert [one.status_code for one in answers] == [200] * 20 + [429] * 5
    assert answers[-1].json()["code"] == "lookups-limited"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert other.get("/m/lookup", params=asked(ZERO)).status_code == 200
    assert many.post("/v1/lookups", json=batch(*[ZERO] * 21)).status_code == 400
    bank.service.threads.shutdown(wait=True)
    limited = [line for line in bank.matcher.audit() if line.action == "lookups-limited"]
    assert [(line.by, dict(line.facts)) for line in limited] == [("many", {"lookups_per_minute": 20, "asked": 1})]


def test_feeling_around_one_picture_is_told_to_the_audit_without_what_was_asked(bank):
    client = bank.client(ApiRole.MATCHER, name="prober")
    client.post("/v1/lookups", json=batch(*(bits(position) for position in range(VARIANTS - 1))))
    bank.service.threads.submit(int).result()
    assert "lookups-probing" not in actions(bank)
    client.post("/v1/lookups", json=batch(bits(200), bits(201)))
    bank.service.threads.shutdown(wait=True)
    (line,) = [line for line in bank.matcher.audit() if line.action == "lookups-probing"]
    assert (line.by, dict(line.facts)) == ("prober", {"content": 1})


def test_how_many_a_key_asked_is_in_the_audit_when_the_server_stops(bank):
    bank.client(ApiRole.MATCHER, name="busy").post("/v1/lookups", json=batch(ZERO, bits(*range(100))))
    bank.service.gate.close()
    (line,) = [line for line in bank.matcher.audit() if line.action == "lookups"]
    assert (line.by, dict(line.facts)) == ("busy", {"lookups": 2, "found": 1})


def test_what_is_nearer_to_an_innocent_picture_is_not_reported_and_is_explained(bank):
    bank.matcher.add_bank("INNOCENT", Depicted.ADULT, is_negative=True, by="test")
    bank.matcher.add_contents("INNOCENT", pictures(bits(*range(60))), by="test")
    near_reported, near_innocent = bits(*range(29)), bits(*range(31))
    client = bank.client(ApiRole.MATCHER)
    answers = client.post("/v1/lookups", json=batch(near_reported, near_innocent)).json()["answers"]
    assert [hit["distance"] for hit in answers[0]["hits"]] == [29]
    assert answers[1]["hits"] == []
    assert answers[1]["suppressed"][0]["suppressed_by"] == {"content": 2, "bank": "INNOCENT"}
    assert client.get("/m/lookup", params=asked(near_innocent)).json() == {}


def test_a_hash_one_bit_inside_an_innocent_pictures_radius_is_held_and_hides_nothing(bank):
    bank.matcher.add_bank("INNOCENT", Depicted.ADULT, is_negative=True, by="test")
    innocent = bits(*range(100, 200))
    bank.matcher.add_contents("INNOCENT", pictures(innocent), by="test")
    curator = bank.client(ApiRole.CURATOR)
    poison = {"signals": [{"type": "pdq", "value": bits(*range(100, 170)).hex()}], "tier": "self-asserted"}
    added = curator.post("/v1/banks/A_BANK/contents", json={"contents": [poison]}).json()
    assert added["held"] == added["contents"]
    assert curator.get("/m/lookup", params=asked(innocent)).json() == {}
    let_in = curator.patch(f"/v1/banks/A_BANK/contents/{added['held'][0]}", json={"let_in": True})
    assert let_in.json()["held"] is None
    # Let in all the same, it cannot make the innocent picture reported: that one is nearer to itself.
    assert curator.get("/m/lookup", params=asked(innocent)).json() == {}


def test_the_lists_own_hash_is_told_to_curators_only(bank):
    for role, is_told in ((ApiRole.MATCHER, False), (ApiRole.CURATOR, True)):
        (hit,) = bank.client(role).post("/v1/lookups", json=batch(bits(1))).json()["answers"][0]["hits"]
        assert (hit["distance"], hit["transform"], hit["tier"], "found" in hit) == (
            1,
            "whole",
            "worker-verified",
            is_told,
        )


def test_lists_of_adults_and_of_minors_are_asked_apart(bank):
    bank.matcher.add_bank("MINORS", Depicted.MINOR, by="test")
    bank.matcher.add_contents("MINORS", pictures(ZERO), by="test")
    client = bank.client(ApiRole.MATCHER)
    for kind, name in (("adult", "A_BANK"), ("minor", "MINORS")):
        answer = client.post("/v1/lookups", json=batch(ZERO, depicted=kind)).json()["answers"][0]
        assert [hit["bank"] for hit in answer["hits"]] == [name]
    assert list(client.get("/m/lookup", params=asked(ZERO)).json()) == ["A_BANK"]
    mixed = client.post("/v1/lookups", json=batch(ZERO, banks=["A_BANK", "MINORS"]))
    assert (mixed.status_code, mixed.json()["code"]) == (409, "bank-mixed")


def test_a_withdrawn_content_is_in_no_lookup_that_begins_afterwards(bank):
    curator = bank.client(ApiRole.CURATOR)
    gone = curator.post("/v1/banks/A_BANK/contents/1/withdrawal", json={"reason": "asked for"})
    assert (gone.status_code, gone.json()["withdrawn_by"]) == (200, "curator")
    assert curator.post("/v1/lookups", json=batch(ZERO)).json()["answers"][0]["hits"] == []
    assert curator.get("/m/raw_lookup", params=asked(ZERO)).json() == {"matches": []}


def test_a_weaker_word_is_left_out_when_a_stronger_is_asked_for(bank):
    answer = (
        bank.client(ApiRole.MATCHER).post("/v1/lookups", json=batch(ZERO, least_tier="police")).json()["answers"][0]
    )
    assert answer["hits"] == []


def test_lists_go_in_and_out_and_rows_that_are_wrong_are_counted(bank):
    curator = bank.client(ApiRole.CURATOR)
    lines = [f"pdq {bits(*range(n, n + 100)).hex()}" for n in (0, 50, 150)]
    sent = curator.post(
        "/v1/banks/A_BANK/list",
        params={"format": "plain", "tier": "police"},
        content="\n".join([*lines, "pdq zz"]).encode(),
        headers={"Content-Type": "application/octet-stream"},
    ).json()
    assert (sent["added"], sent["refused"], sent["first_refused"][0]["problem"]) == (3, 1, "hash")
    out = curator.get("/v1/banks/A_BANK/list", params={"format": "plain"})
    assert set(lines) <= set(out.text.splitlines())


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"queries": [{"signals": [{"type": "pdq", "value": "00", "quality": "31"}]}]}', "int_type"),
        (b'{"queries": [], "most": 1}', "too_short"),
        (b'{"queries": [{"signals": []}], "other": 1}', "too_short"),
        (b"{", "json_invalid"),
        (b"[" * 100_000, "json_invalid"),
        (b'{"queries": NaN}', "list_type"),
    ],
)
def test_a_body_that_is_not_as_described_is_refused_by_place_and_kind_and_not_echoed(bank, body, problem):
    refused = bank.client(ApiRole.MATCHER).post(
        "/v1/lookups", content=body, headers={"Content-Type": "application/json"}
    )
    assert (refused.status_code, refused.json()["facts"]["problem"]) == (400, problem)


def test_a_file_over_the_limit_is_refused_before_it_is_read(bank):
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(2 * MOST_FILE_BYTES)}
    refused = bank.client(ApiRole.HASHER).post("/h/hash", content=b"", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (413, "file-too-large")
    with Held(10) as held, pytest.raises(FileTooLargeError):
        held.keep(b"x" * 11)


def test_a_form_that_stops_before_its_end_is_refused_and_its_file_not_hashed(bank):
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    picture = io.BytesIO()
    Image.new("L", (80, 80)).save(picture, "PNG")
    head = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
    whole = head + picture.getvalue() + b"\r\n--x--\r\n"
    client = bank.client(ApiRole.HASHER)
    for body in (whole, b"\r\n" + whole):
        assert client.post("/h/hash", content=body, headers=headers).status_code == 200
    for body in (whole[:-6], whole[:-20], b"", b"\r\n before " + whole):
        refused = client.post("/h/hash", content=body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (400, "request-refused")


def test_a_page_of_another_site_cannot_have_a_browser_change_anything(bank):
    secret = bank.key(ApiRole.CURATOR, name="browser")
    stored = {"Authorization": "Basic " + base64.b64encode(f"me:{secret}".encode()).decode()}
    form = {"bank_name": "NEW_BANK"}
    for foreign in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert bank.bare.post("/ui/create_bank", data=form, headers={**stored, **foreign}).status_code == 400
    own = {**stored, "Origin": "http://testserver"}
    assert bank.bare.post("/ui/create_bank", data=form, headers=own, follow_redirects=False).status_code == 303


def test_a_server_without_keys_is_asked_under_its_own_names_only(make_server):
    server = make_server(settings=Settings(keyless=ApiRole.CURATOR))
    for host, status in (
        ("127.0.0.1:8448", 200),
        ("localhost", 200),
        ("[::1]:8448", 200),
        ("evil.example", 400),
        ("", 400),
    ):
        assert server.bare.get("/c/banks", headers={"Host": host}).status_code == status
    assert server.bare.get("/v1/keys", headers={"Host": "localhost"}).status_code == 403


def test_messages_follow_the_language_that_is_accepted_and_codes_do_not(bank):
    told = {
        language: bank.bare.get("/m/lookup", headers={"Accept-Language": language}).json()
        for language in ("ko-KR,ko;q=0.9,en;q=0.8", "en", "fr")
    }
    assert {one["code"] for one in told.values()} == {"api-key-refused"}
    assert told["en"] == told["fr"] != told["ko-KR,ko;q=0.9,en;q=0.8"]


def test_counts_for_prometheus_hold_no_hash_and_need_a_key(bank):
    client = bank.client(ApiRole.MATCHER)
    client.get("/m/lookup", params=asked(ZERO))
    text = client.get("/metrics").text
    assert 'haechi_lookups_total{key="matcher"} 1.0' in text
    assert "haechi_index_hashes 1.0" in text
    assert ZERO.hex() not in text
    assert bank.bare.get("/metrics").status_code == 401


def test_readings_of_partners_that_wait_do_not_take_all_threads(bank, monkeypatch):
    inside, on = threading.Semaphore(0), threading.Event()

    def waits(*_name, **_more):
        inside.release()
        on.wait(10)
        raise ExchangeMissingError(exchange="x")

    monkeypatch.setattr(bank.matcher.exchanges, "fetch", waits)
    client = bank.client(ApiRole.CURATOR)
    with ThreadPoolExecutor(4) as asking:
        waiting = [asking.submit(client.post, "/v1/exchanges/x/fetch") for _ in range(4)]
        assert all(inside.acquire(timeout=10) for _ in range(4))
        assert client.post("/v1/exchanges/x/fetch").status_code == 503
        assert client.get("/c/banks").status_code == 200
        on.set()
    assert {one.result().status_code for one in waiting} == {404}


def test_a_chore_that_met_a_mistake_of_ours_goes_on(make_server, monkeypatch):
    monkeypatch.setattr(application, "FOLLOW_EVERY_S", 0.001)
    again, met = threading.Event(), []

    def fails(_service):
        met.append(1)
        if len(met) > 1:
            again.set()
        raise ZeroDivisionError

    monkeypatch.setattr(Service, "follow", fails)
    make_server()
    assert again.wait(10)


def test_partners_are_read_though_nobody_could_be_told_that_all_is_ready(server):
    begun = threading.Event()

    def gone():
        raise BrokenPipeError

    server.service._on_ready = gone  # noqa: SLF001 - what runs in its thread
    server.service.exchanges = SimpleNamespace(start=begun.set, close=lambda: None)
    with pytest.raises(BrokenPipeError):
        server.service._warm(None)  # noqa: SLF001
    assert begun.is_set()
    server.service.exchanges = None
