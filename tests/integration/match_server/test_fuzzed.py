"""The server against its own description: Schemathesis makes requests from it, right ones and wrong ones."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

from haechi.domain.api_key import ApiRole

ALWAYS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 4
# What their description cannot say: that 7.0 is no integer, a hash as long as its type, either this parameter or that, a file that is a picture.
MAY_REFUSE = {
    "raw_lookup", "lookup", "lookup_upload", "compare", "index_status", "signal_type_index", "hash_url", "hash_upload", "add_content",
    "add_signals", "update_signal_type", "update_content", "look_up_batch", "look_up_address", "look_up_file", "make_bank", "add_contents",
    "make_key", "import_list", "export_list", "fetch_exchange", "create_exchange", "show_exchange_api", "set_exchange_credentials", "show_exchange_schema",
    "change_bank_details", "change_content_details", "create_bank", "update_bank", "update_exchange",
}  # fmt: skip


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_as_described(make_server, mode):
    server = make_server()
    headers = {"Authorization": f"Bearer {server.key(ApiRole.ADMIN)}"}
    server.matcher.add_bank("A_BANK", server.service.settings.depicted, by="test")
    described = schemathesis.openapi.from_asgi("/openapi.json", server.app)
    asked = set()
    for found in described.get_all_operations():
        operation = found.ok()
        cases = operation.as_strategy(generation_mode=mode)
        told = operation.definition.raw["operationId"]
        checks = [*ALWAYS]
        is_ours = operation.path.startswith("/v1/")
        if mode is GenerationMode.NEGATIVE and (
            is_ours or not operation.query
        ):  # HMA's clients may send more than is asked
            checks.append(negative_data_rejection)
        elif mode is GenerationMode.POSITIVE and told not in MAY_REFUSE:
            checks.append(positive_data_acceptance)
        try:
            _ask(cases, headers, checks)
        except Unsatisfiable:  # nothing about this request can be wrong
            assert mode is GenerationMode.NEGATIVE
            continue
        asked.add(told)
    assert len(asked) > 20


def _ask(cases, headers, checks):
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def ask(case):
        case.call_and_validate(headers=headers, checks=checks)

    ask()


def test_nothing_that_needs_a_key_is_answered_without_one(make_server):
    described = schemathesis.openapi.from_asgi("/openapi.json", (server := make_server()).app)
    for found in described.get_all_operations():
        operation = found.ok()
        if operation.definition.raw["security"]:
            path = operation.path.replace("{name}", "A").replace("{number}", "1").replace("{type}", "pdq")
            for header in ({}, {"Authorization": "Bearer haechi_wrong"}, {"Authorization": "Basic !"}):
                assert server.bare.request(operation.method, path, headers=header).status_code == 401
