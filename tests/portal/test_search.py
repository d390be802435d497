"""Search on the mesh: what was indexed by the clock is found, and only as far as the catalogue shows it now."""

from __future__ import annotations

import json
import time
from typing import Any

from handlers.aws.search_index import KEY, SECONDS_KEPT
from tests.portal.portal import Portal
from tests.workflow.driver import Mesh, wait_until

DATABASE, TABLE = "lighthouse", "beacon_readings"


def index_anew(mesh: Mesh) -> None:
    """Has the catalogue indexed, and waits until no process of the function searches an older index."""
    bucket = next(each["Name"] for each in mesh.client("s3").list_buckets()["Buckets"] if "-search-" in each["Name"])

    def tag() -> str:
        return str(mesh.client("s3").head_object(Bucket=bucket, Key=KEY)["ETag"])

    before = tag()
    assert len(mesh.control("POST", "/schedules/run", rule="search-clock")["ran"]) == 1
    wait_until(lambda: tag() != before, what="the new index")
    time.sleep(SECONDS_KEPT)


def test_what_is_found_is_what_the_catalogue_shows(portal: Portal) -> None:
    mesh, user = portal.mesh, portal.new_user()
    glue = mesh.client("glue")

    def search(text: str) -> dict[str, Any]:
        reply = portal.call("GET", f"/search?q={text}", user)
        assert reply.status == 200, reply.body
        return dict(json.loads(reply.body))

    wait_until(lambda: portal.call("GET", "/search?q=retail", user).status == 200, what="a first index")
    glue.create_database(DatabaseInput={"Name": DATABASE, "Parameters": {"data_owner_name": "Coast Guard"}})
    columns = [{"Name": "luminosity", "Type": "int", "Comment": "In candela"}]
    glue.create_table(
        DatabaseName=DATABASE, TableInput={"Name": TABLE, "StorageDescriptor": {"Columns": columns}, "Parameters": {}}
    )
    try:
        # Not indexed yet.
        assert search(DATABASE)["results"] == []
        index_anew(mesh)
        (database, table) = search(DATABASE)["results"]
        assert (database["database"], database["table"]) == (DATABASE, None)
        assert (table["table"], table["owner"]) == (TABLE, None)
        (found,) = search("lighthose%20candela")["results"]
        assert (found["table"], found["columns"]) == (TABLE, ["luminosity"])
        with mesh.fault("glue", "GetTable", "AccessDeniedException"):
            # So Lake Formation says that it hides something.
            assert [each["table"] for each in search(DATABASE)["results"]] == [None]
            assert search("luminosity")["results"] == []
    finally:
        glue.delete_table(DatabaseName=DATABASE, Name=TABLE)
        glue.delete_database(Name=DATABASE)
    assert search(DATABASE)["results"] == []
