"""The statements of work as functions, and storage parameters of the busy tables."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "statements.sql"
DROP = """
DROP FUNCTION IF EXISTS jobs_chunk_claim(uuid, text[], integer, double precision);
DROP FUNCTION IF EXISTS jobs_chunk_renew(uuid, bigint, bigint, double precision);
DROP FUNCTION IF EXISTS jobs_block_commit(uuid, bigint, bigint, text, integer, integer, jsonb);
DROP FUNCTION IF EXISTS jobs_block_isolate(uuid, bigint, integer, integer, text);
DROP FUNCTION IF EXISTS jobs_chunk_finish(uuid, bigint, bigint, double precision);
DROP FUNCTION IF EXISTS jobs_chunk_reap();
DROP FUNCTION IF EXISTS jobs_run_stop(uuid);
DROP FUNCTION IF EXISTS jobs_outbox_add(text, text, jsonb);
DROP FUNCTION IF EXISTS jobs_event(
    text, uuid, uuid, bigint, bigint, integer, integer, uuid, uuid, jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [migrations.RunSQL(SQL.read_text(), DROP)]
