-- The statements of work. Each is one call in autocommit, so that no lock outlives a frozen client.
-- Lock order everywhere: run, chunk or free slot (both SKIP LOCKED when claiming), block, result.

CREATE OR REPLACE FUNCTION jobs_event(
    p_kind text, p_run uuid, p_step uuid, p_chunk bigint, p_epoch bigint,
    p_iy integer, p_ix integer, p_session uuid, p_actor uuid, p_detail jsonb
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO jobs_jobevent (at, run_id, step, chunk, epoch, iy, ix, session, actor, kind, detail)
    VALUES (clock_timestamp(), p_run, p_step, p_chunk, p_epoch, p_iy, p_ix, p_session, p_actor,
            p_kind, coalesce(p_detail, '{}'::jsonb));
$$;

-- 1. Claim a chunk of one of the classes. The share lock on the run is why no claim can land
-- after a pause or a cancel has committed.
CREATE OR REPLACE FUNCTION jobs_chunk_claim(
    p_session uuid, p_classes text[], p_hint integer, p_ttl double precision
) RETURNS TABLE (
    o_chunk bigint, o_epoch bigint, o_step uuid, o_run uuid, o_seq integer,
    o_params_sha text, o_class text
) LANGUAGE plpgsql AS $$
DECLARE
    v_cand record;
    v_org_slot integer;
    v_run_slot integer;
    v_chunk record;
    v_now timestamptz;
BEGIN
    FOR v_cand IN
        SELECT r.id AS run_id, s.id AS step_id, r.organisation_id, r.max_parallel, s.params_sha
        FROM jobs_run r
        JOIN jobs_step s ON s.run_id = r.id
        WHERE r.state IN ('planning', 'queued', 'running', 'verifying')
          AND r.wanted = 'run'
          AND s.state = 'running'
          AND EXISTS (
              SELECT 1 FROM jobs_chunk c
              WHERE c.step_id = s.id AND c.state = 'pending'
                AND c.resource_class = ANY (p_classes)
                AND c.not_before <= clock_timestamp()
          )
        ORDER BY r.urgent DESC,
            (SELECT count(*) FROM jobs_slot sl
             WHERE sl.scope = 'organisation' AND sl.scope_id = r.organisation_id
               AND sl.chunk_id IS NOT NULL),
            r.priority DESC, r.rank, r.created_at, s.ordinal
    LOOP
        PERFORM 1 FROM jobs_run r
        WHERE r.id = v_cand.run_id AND r.wanted = 'run'
          AND r.state IN ('planning', 'queued', 'running', 'verifying')
        FOR SHARE;
        CONTINUE WHEN NOT FOUND;

        SELECT sl.n INTO v_org_slot FROM jobs_slot sl
        WHERE sl.scope = 'organisation' AND sl.scope_id = v_cand.organisation_id
          AND sl.chunk_id IS NULL
        ORDER BY sl.n LIMIT 1 FOR UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;

        v_run_slot := NULL;
        IF v_cand.max_parallel IS NOT NULL THEN
            SELECT sl.n INTO v_run_slot FROM jobs_slot sl
            WHERE sl.scope = 'run' AND sl.scope_id = v_cand.run_id AND sl.chunk_id IS NULL
            ORDER BY sl.n LIMIT 1 FOR UPDATE SKIP LOCKED;
            CONTINUE WHEN NOT FOUND;
        END IF;

        SELECT c.id, c.seq, c.resource_class INTO v_chunk FROM jobs_chunk c
        WHERE c.step_id = v_cand.step_id AND c.state = 'pending'
          AND c.resource_class = ANY (p_classes)
          AND c.not_before <= clock_timestamp() AND c.seq >= p_hint
        ORDER BY c.priority DESC, c.seq LIMIT 1 FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            SELECT c.id, c.seq, c.resource_class INTO v_chunk FROM jobs_chunk c
            WHERE c.step_id = v_cand.step_id AND c.state = 'pending'
              AND c.resource_class = ANY (p_classes)
              AND c.not_before <= clock_timestamp()
            ORDER BY c.priority DESC, c.seq LIMIT 1 FOR UPDATE SKIP LOCKED;
        END IF;
        CONTINUE WHEN NOT FOUND;

        v_now := clock_timestamp();
        UPDATE jobs_chunk c
        SET state = 'leased', epoch = c.epoch + 1, lease_owner_id = p_session,
            lease_until = v_now + make_interval(secs => p_ttl)
        WHERE c.id = v_chunk.id
        RETURNING c.epoch INTO o_epoch;
        UPDATE jobs_slot sl SET chunk_id = v_chunk.id
        WHERE sl.scope = 'organisation' AND sl.scope_id = v_cand.organisation_id
          AND sl.n = v_org_slot;
        IF v_run_slot IS NOT NULL THEN
            UPDATE jobs_slot sl SET chunk_id = v_chunk.id
            WHERE sl.scope = 'run' AND sl.scope_id = v_cand.run_id AND sl.n = v_run_slot;
        END IF;
        PERFORM jobs_event('claim', v_cand.run_id, v_cand.step_id, v_chunk.id, o_epoch,
                           NULL, NULL, p_session, NULL, NULL);
        o_chunk := v_chunk.id;
        o_step := v_cand.step_id;
        o_run := v_cand.run_id;
        o_seq := v_chunk.seq;
        o_params_sha := v_cand.params_sha;
        o_class := v_chunk.resource_class;
        RETURN NEXT;
        RETURN;
    END LOOP;
END $$;

-- 2. Renew: 'lost', 'cancel', 'pause' or 'ok'.
CREATE OR REPLACE FUNCTION jobs_chunk_renew(
    p_session uuid, p_chunk bigint, p_epoch bigint, p_ttl double precision
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_wanted text;
BEGIN
    UPDATE jobs_workersession SET heartbeat_at = clock_timestamp() WHERE id = p_session;
    UPDATE jobs_chunk c SET lease_until = clock_timestamp() + make_interval(secs => p_ttl)
    WHERE c.id = p_chunk AND c.epoch = p_epoch AND c.lease_owner_id = p_session
      AND c.state = 'leased';
    IF NOT FOUND THEN
        RETURN 'lost';
    END IF;
    SELECT r.wanted INTO v_wanted
    FROM jobs_chunk c JOIN jobs_step s ON s.id = c.step_id JOIN jobs_run r ON r.id = s.run_id
    WHERE c.id = p_chunk;
    RETURN CASE v_wanted WHEN 'run' THEN 'ok' ELSE v_wanted END;
END $$;

-- 3. Commit one block. Authority is epoch and owner, not the time: an expired lease that nobody
-- has reaped may still commit. A lost answer is repeated; 'already' means success.
CREATE OR REPLACE FUNCTION jobs_block_commit(
    p_session uuid, p_chunk bigint, p_epoch bigint, p_params_sha text,
    p_iy integer, p_ix integer, p_outcome jsonb
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_lease record;
    v_block record;
    v_state text := p_outcome ->> 'state';
    v_fingerprint text := coalesce(p_outcome ->> 'fingerprint', '');
    v_content text := coalesce(p_outcome ->> 'content_sha', '');
    v_result uuid := (p_outcome ->> 'result')::uuid;
    v_reused boolean := (p_outcome ->> 'result') IS NOT NULL;
    v_found text;
    v_quarantine boolean;
    v_charge integer;
    v_new bigint;
    v_any record;
BEGIN
    SELECT c.id, c.step_id, c.resource_class, s.run_id, r.project_id INTO v_lease
    FROM jobs_chunk c JOIN jobs_step s ON s.id = c.step_id JOIN jobs_run r ON r.id = s.run_id
    WHERE c.id = p_chunk AND c.epoch = p_epoch AND c.lease_owner_id = p_session
      AND c.state = 'leased' AND s.params_sha = p_params_sha
    FOR UPDATE OF c;
    IF NOT FOUND THEN
        SELECT c.step_id, s.run_id INTO v_any
        FROM jobs_chunk c JOIN jobs_step s ON s.id = c.step_id WHERE c.id = p_chunk;
        IF FOUND THEN
            PERFORM jobs_event('fenced', v_any.run_id, v_any.step_id, p_chunk, p_epoch,
                               p_iy, p_ix, p_session, NULL, NULL);
        END IF;
        RETURN 'fenced';
    END IF;

    SELECT b.state, b.fail_count INTO v_block FROM jobs_block b
    WHERE b.step_id = v_lease.step_id AND b.iy = p_iy AND b.ix = p_ix AND b.chunk_id = p_chunk
    FOR UPDATE;
    IF NOT FOUND OR v_block.state <> 'pending' THEN
        PERFORM jobs_event('already', v_lease.run_id, v_lease.step_id, p_chunk, p_epoch,
                           p_iy, p_ix, p_session, NULL, NULL);
        RETURN 'already';
    END IF;

    IF v_state = 'failed' THEN
        v_charge := CASE WHEN (p_outcome ->> 'charged')::boolean THEN 1 ELSE 0 END;
        v_quarantine := (p_outcome ->> 'final')::boolean OR v_block.fail_count + v_charge >= 3;
        UPDATE jobs_block b
        SET tries = b.tries + 1, fail_count = b.fail_count + v_charge,
            error_class = p_outcome ->> 'error_class',
            error_signature = left(p_outcome ->> 'error_signature', 500),
            error_message = left(p_outcome ->> 'error_message', 2000),
            fingerprint = v_fingerprint,
            state = CASE WHEN v_quarantine THEN 'quarantined' ELSE 'pending' END,
            done_epoch = CASE WHEN v_quarantine THEN p_epoch END
        WHERE b.step_id = v_lease.step_id AND b.iy = p_iy AND b.ix = p_ix;
        PERFORM jobs_event(CASE WHEN v_quarantine THEN 'quarantine' ELSE 'fail' END,
            v_lease.run_id, v_lease.step_id, p_chunk, p_epoch, p_iy, p_ix, p_session, NULL,
            jsonb_build_object('class', p_outcome ->> 'error_class', 'charged', v_charge,
                               'message', left(p_outcome ->> 'error_message', 500)));
        IF v_quarantine THEN
            UPDATE jobs_chunk c
            SET n_settled = c.n_settled + 1, n_quarantined = c.n_quarantined + 1
            WHERE c.id = p_chunk;
            RETURN 'quarantine';
        END IF;
        IF coalesce(p_outcome ->> 'move_to', '') <> '' THEN
            v_new := jobs_block_isolate(v_lease.step_id, p_chunk, p_iy, p_ix,
                                        p_outcome ->> 'move_to');
            PERFORM jobs_event('split', v_lease.run_id, v_lease.step_id, v_new, NULL,
                               p_iy, p_ix, p_session, NULL, jsonb_build_object('from', p_chunk));
        END IF;
        RETURN 'fail';
    END IF;

    IF v_result IS NULL AND v_fingerprint <> '' THEN
        INSERT INTO jobs_result (id, created_at, project_id, fingerprint, content_sha, outcome,
            stats, report, warnings, used_inputs, dropped_inputs, cpu_family, seconds, bytes_read)
        VALUES (gen_random_uuid(), clock_timestamp(), v_lease.project_id, v_fingerprint,
            v_content, v_state, p_outcome -> 'stats', p_outcome -> 'report',
            p_outcome -> 'warnings', p_outcome -> 'used_inputs', p_outcome -> 'dropped_inputs',
            p_outcome ->> 'cpu_family', (p_outcome ->> 'seconds')::double precision,
            (p_outcome ->> 'bytes_read')::bigint)
        ON CONFLICT (fingerprint) DO NOTHING
        RETURNING id INTO v_result;
        IF v_result IS NOT NULL THEN
            INSERT INTO jobs_resultobject (result_id, role, sha256, size, object_key)
            SELECT v_result, o ->> 'role', o ->> 'sha256', (o ->> 'size')::bigint,
                   o ->> 'object_key'
            FROM jsonb_array_elements(p_outcome -> 'objects') AS o;
        ELSE
            SELECT id, content_sha INTO v_result, v_found FROM jobs_result
            WHERE fingerprint = v_fingerprint;
            IF v_found <> v_content THEN
                PERFORM jobs_event('nondeterministic', v_lease.run_id, v_lease.step_id, p_chunk,
                    p_epoch, p_iy, p_ix, p_session, NULL,
                    jsonb_build_object('fingerprint', v_fingerprint, 'stored', v_found,
                                       'computed', v_content));
                RETURN 'nondeterministic';
            END IF;
        END IF;
    END IF;

    UPDATE jobs_block b
    SET state = v_state, result_id = v_result, fingerprint = v_fingerprint, reused = v_reused,
        done_epoch = p_epoch, error_class = '', error_signature = '', error_message = ''
    WHERE b.step_id = v_lease.step_id AND b.iy = p_iy AND b.ix = p_ix;
    UPDATE jobs_chunk c
    SET n_settled = c.n_settled + 1,
        n_done = c.n_done + (v_state = 'done')::integer,
        n_skipped = c.n_skipped + (v_state = 'skipped')::integer,
        n_degraded = c.n_degraded + (v_state = 'degraded')::integer,
        n_reused = c.n_reused + v_reused::integer,
        seconds = c.seconds
            + CASE WHEN v_reused THEN 0 ELSE (p_outcome ->> 'seconds')::double precision END,
        bytes_read = c.bytes_read
            + CASE WHEN v_reused THEN 0 ELSE (p_outcome ->> 'bytes_read')::bigint END
    WHERE c.id = p_chunk;
    PERFORM jobs_event('commit', v_lease.run_id, v_lease.step_id, p_chunk, p_epoch, p_iy, p_ix,
                       p_session, NULL, jsonb_build_object('state', v_state, 'reused', v_reused));
    RETURN 'commit';
END $$;

-- Give one pending block a chunk of its own; the caller holds the lock of its chunk.
CREATE OR REPLACE FUNCTION jobs_block_isolate(
    p_step uuid, p_chunk bigint, p_iy integer, p_ix integer, p_class text
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_new bigint;
BEGIN
    PERFORM 1 FROM jobs_step s WHERE s.id = p_step FOR NO KEY UPDATE;
    INSERT INTO jobs_chunk (step_id, seq, kind, resource_class, priority, state, epoch, lapses,
        not_before, n_blocks, n_settled, n_done, n_reused, n_skipped, n_degraded, n_quarantined,
        bytes_read, seconds)
    SELECT p_step, (SELECT max(x.seq) + 1 FROM jobs_chunk x WHERE x.step_id = p_step), 'blocks',
        p_class, c.priority, 'pending', 0, 0, clock_timestamp(), 1, 0, 0, 0, 0, 0, 0, 0, 0
    FROM jobs_chunk c WHERE c.id = p_chunk
    RETURNING id INTO v_new;
    UPDATE jobs_block b SET chunk_id = v_new
    WHERE b.step_id = p_step AND b.iy = p_iy AND b.ix = p_ix;
    UPDATE jobs_chunk c SET n_blocks = c.n_blocks - 1 WHERE c.id = p_chunk;
    UPDATE jobs_step s SET n_chunks = s.n_chunks + 1 WHERE s.id = p_step;
    RETURN v_new;
END $$;

-- 4. Finish: 'finish' when every block is settled, else 'release' (no lapse), else 'fenced'.
CREATE OR REPLACE FUNCTION jobs_chunk_finish(
    p_session uuid, p_chunk bigint, p_epoch bigint, p_delay double precision
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_lease record;
    v_kind text;
BEGIN
    SELECT c.step_id, s.run_id, c.n_settled >= c.n_blocks AS settled INTO v_lease
    FROM jobs_chunk c JOIN jobs_step s ON s.id = c.step_id
    WHERE c.id = p_chunk AND c.epoch = p_epoch AND c.lease_owner_id = p_session
      AND c.state = 'leased'
    FOR UPDATE OF c;
    IF NOT FOUND THEN
        RETURN 'fenced';
    END IF;
    v_kind := CASE WHEN v_lease.settled THEN 'finish' ELSE 'release' END;
    UPDATE jobs_chunk c
    SET state = CASE WHEN v_lease.settled THEN 'done' ELSE 'pending' END,
        lease_owner_id = NULL, lease_until = NULL,
        not_before = clock_timestamp() + make_interval(secs => p_delay)
    WHERE c.id = p_chunk;
    UPDATE jobs_slot sl SET chunk_id = NULL WHERE sl.chunk_id = p_chunk;
    PERFORM jobs_event(v_kind, v_lease.run_id, v_lease.step_id, p_chunk, p_epoch,
                       NULL, NULL, p_session, NULL, NULL);
    RETURN v_kind;
END $$;

-- 5. Reap expired leases. From the second lapse on the first unsettled block is split off alone;
-- only a lapse of a chunk of one block is charged to that block.
CREATE OR REPLACE FUNCTION jobs_chunk_reap() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_chunk record;
    v_block record;
    v_new bigint;
    v_count integer := 0;
    v_poison boolean;
BEGIN
    IF NOT pg_try_advisory_xact_lock(71, 1) THEN
        RETURN 0;
    END IF;
    FOR v_chunk IN
        SELECT c.id, c.step_id, c.epoch, c.lapses, c.n_blocks, c.n_settled, c.resource_class,
               c.lease_owner_id, s.run_id
        FROM jobs_chunk c JOIN jobs_step s ON s.id = c.step_id
        WHERE c.state = 'leased' AND c.lease_until < clock_timestamp()
        FOR UPDATE OF c SKIP LOCKED
    LOOP
        v_count := v_count + 1;
        UPDATE jobs_chunk c
        SET state = CASE WHEN c.n_settled >= c.n_blocks THEN 'done' ELSE 'pending' END,
            lease_owner_id = NULL, lease_until = NULL, lapses = c.lapses + 1
        WHERE c.id = v_chunk.id;
        UPDATE jobs_slot sl SET chunk_id = NULL WHERE sl.chunk_id = v_chunk.id;
        PERFORM jobs_event('expire', v_chunk.run_id, v_chunk.step_id, v_chunk.id, v_chunk.epoch,
                           NULL, NULL, v_chunk.lease_owner_id, NULL, NULL);
        CONTINUE WHEN v_chunk.n_settled >= v_chunk.n_blocks;
        SELECT b.iy, b.ix, b.fail_count INTO v_block FROM jobs_block b
        WHERE b.chunk_id = v_chunk.id AND b.state = 'pending' ORDER BY b.iy, b.ix LIMIT 1;
        CONTINUE WHEN NOT FOUND;
        IF v_chunk.n_blocks = 1 THEN
            v_poison := v_block.fail_count >= 2;
            UPDATE jobs_block b
            SET fail_count = b.fail_count + 1, tries = b.tries + 1, error_class = 'crash',
                error_signature = 'crash worker lost',
                error_message = 'The worker was lost while it computed this block.',
                state = CASE WHEN v_poison THEN 'quarantined' ELSE b.state END
            WHERE b.step_id = v_chunk.step_id AND b.iy = v_block.iy AND b.ix = v_block.ix;
            IF v_poison THEN
                UPDATE jobs_chunk c SET state = 'done', n_settled = c.n_settled + 1,
                    n_quarantined = c.n_quarantined + 1 WHERE c.id = v_chunk.id;
                PERFORM jobs_event('quarantine', v_chunk.run_id, v_chunk.step_id, v_chunk.id,
                    v_chunk.epoch, v_block.iy, v_block.ix, v_chunk.lease_owner_id, NULL,
                    '{"class": "crash", "charged": 1}'::jsonb);
            END IF;
        ELSIF v_chunk.lapses >= 1 AND v_chunk.n_blocks - v_chunk.n_settled > 1 THEN
            v_new := jobs_block_isolate(v_chunk.step_id, v_chunk.id, v_block.iy, v_block.ix,
                                        v_chunk.resource_class);
            PERFORM jobs_event('split', v_chunk.run_id, v_chunk.step_id, v_new, NULL,
                v_block.iy, v_block.ix, NULL, NULL, jsonb_build_object('from', v_chunk.id));
        END IF;
    END LOOP;
    UPDATE jobs_slot sl SET chunk_id = NULL
    FROM jobs_chunk c WHERE c.id = sl.chunk_id AND c.state <> 'leased';
    RETURN v_count;
END $$;

-- Stop a run at once: leased chunks are fenced by their epoch, waiting ones are closed.
CREATE OR REPLACE FUNCTION jobs_run_stop(p_run uuid) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_count integer;
BEGIN
    PERFORM 1 FROM jobs_chunk c JOIN jobs_step s ON s.id = c.step_id
    WHERE s.run_id = p_run AND c.state IN ('leased', 'pending') ORDER BY c.id FOR UPDATE OF c;
    WITH stopped AS (
        UPDATE jobs_chunk c
        SET state = 'canceled', epoch = c.epoch + 1, lease_owner_id = NULL, lease_until = NULL
        FROM jobs_step s
        WHERE s.id = c.step_id AND s.run_id = p_run AND c.state IN ('leased', 'pending')
        RETURNING c.id
    ), freed AS (
        UPDATE jobs_slot sl SET chunk_id = NULL FROM stopped WHERE sl.chunk_id = stopped.id
        RETURNING 1
    )
    SELECT count(*) INTO v_count FROM stopped;
    RETURN v_count;
END $$;

-- Append a message to a stream; returns its sequence number.
CREATE OR REPLACE FUNCTION jobs_outbox_add(p_stream text, p_type text, p_payload jsonb)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_seq bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(72, hashtext(p_stream));
    SELECT coalesce(max(o.seq), 0) + 1 INTO v_seq FROM jobs_outbox o WHERE o.stream = p_stream;
    INSERT INTO jobs_outbox (stream, seq, type, payload, at)
    VALUES (p_stream, v_seq, p_type, p_payload, clock_timestamp());
    RETURN v_seq;
END $$;

ALTER TABLE jobs_block SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02,
                            autovacuum_vacuum_cost_delay = 0);
ALTER TABLE jobs_chunk SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02,
                            autovacuum_vacuum_cost_delay = 0);
ALTER TABLE jobs_slot SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02,
                           autovacuum_vacuum_cost_delay = 0);
