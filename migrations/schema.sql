-- Written by `npm run schema`; compared by a test.

create extension pg_trgm;

create table account_password (
  account text not null,
  hash text not null,
  engine_replaced boolean not null,
  changed_at timestamp with time zone not null default now()
);

create table account_sign_in (
  account text not null,
  at timestamp with time zone not null
);

create table audit (
  id bigint not null generated always as identity,
  at timestamp with time zone not null default clock_timestamp(),
  actor text not null,
  action text not null,
  object_type text not null,
  object_id text not null,
  from_state text,
  to_state text,
  process_key text,
  process_version integer,
  details jsonb not null default '{}'::jsonb,
  salt bytea default uuid_send(gen_random_uuid())
);

create table audit_alarm (
  id bigint not null generated always as identity,
  raised_at timestamp with time zone not null default now(),
  findings jsonb not null,
  finding_count integer not null,
  acknowledged_at timestamp with time zone,
  acknowledged_by text,
  reason text
);

create table audit_anchor_place (
  place text not null,
  block bigint not null,
  hash text not null,
  anchored_at timestamp with time zone not null
);

create table audit_block (
  number bigint not null,
  ids bigint[] not null,
  leaves bytea not null,
  previous bytea not null,
  hash bytea not null,
  sealed_at timestamp with time zone not null,
  key_id text,
  signature bytea
);

create table audit_fact (
  id bigint not null default nextval('audit_id_seq'::regclass),
  kind text not null,
  object_id text not null,
  content jsonb not null,
  digests jsonb not null,
  salt bytea default uuid_send(gen_random_uuid())
);

create table audit_unsealed (
  id bigint not null
) with (autovacuum_vacuum_threshold=1000, autovacuum_vacuum_scale_factor=0);

create table backend (
  id text not null,
  name text not null,
  kind text not null,
  settings jsonb not null,
  simulated boolean not null default false,
  created_at timestamp with time zone not null default now(),
  changed_at timestamp with time zone not null default now()
);

create table backend_secret_origin (
  backend text not null,
  origins text[] not null
);

create table backend_state (
  backend text not null,
  circuit text not null default 'closed'::text,
  failures integer not null default 0,
  retry_at timestamp with time zone,
  paused boolean not null default false,
  message text,
  supplies jsonb not null default '{}'::jsonb,
  checked_at timestamp with time zone,
  changed_at timestamp with time zone not null default now()
);

create table batch_order (
  id uuid not null,
  number bigint not null generated always as identity,
  kind text not null,
  owner text not null,
  label text not null default ''::text,
  filter jsonb,
  state text not null,
  round integer not null default 0,
  ordered_by text,
  definition_id text,
  process_instance_id text,
  chosen integer not null default 0,
  skipped integer not null default 0,
  ordered integer not null default 0,
  succeeded integer not null default 0,
  failed integer not null default 0,
  withdrawn integer not null default 0,
  open integer not null generated always as ((((ordered - succeeded) - failed) - withdrawn)) stored,
  ended_before integer not null default 0,
  created_at timestamp with time zone not null default now(),
  round_began_at timestamp with time zone,
  ended_at timestamp with time zone,
  card_type text,
  source text
) with (fillfactor=50);

create table batch_row (
  batch_id uuid not null,
  ordinal integer not null,
  holder_id uuid,
  card_id uuid,
  named_as text,
  state text not null default 'chosen'::text,
  number integer,
  code text,
  request_id uuid,
  seen text
);

create table card (
  id uuid not null,
  holder_id uuid not null,
  card_type text not null,
  state text not null,
  number text,
  created_at timestamp with time zone not null default now(),
  changed_at timestamp with time zone not null default now(),
  valid_until date,
  erased_at timestamp with time zone
);

create table card_request (
  id uuid not null,
  holder_id uuid not null,
  card_type text not null,
  requester text not null,
  source text not null,
  state text not null,
  reason text,
  definition_id text not null,
  process_instance_id text,
  card_id uuid,
  decide_within text,
  decide_before timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  registered_at timestamp with time zone,
  ended_at timestamp with time zone,
  erased_at timestamp with time zone,
  batch_id uuid,
  holder_accounts text[] not null default '{}'::text[]
);

create table card_secret (
  card_id uuid not null,
  number integer not null,
  kind text not null,
  sealed bytea not null,
  key_id text not null,
  delivery text not null,
  created_at timestamp with time zone not null default now()
);

create table card_snapshot (
  card_id uuid not null,
  data jsonb not null,
  photo_id uuid,
  layout_version_id uuid,
  taken_at timestamp with time zone not null default now()
);

create table card_state (
  state text not null
);

create table card_transition (
  from_state text not null,
  to_state text not null
);

create table card_type (
  id text not null,
  name text not null,
  photo_required boolean not null,
  position integer not null,
  chip boolean not null default false,
  validity_months integer,
  number_range text,
  layout text,
  backend text,
  separate_producer boolean not null default false
);

create table decision (
  request_id uuid not null,
  decision text not null,
  cause text not null,
  reason text,
  approver text,
  requester text not null,
  holder_account text,
  task_id text,
  operation_id text,
  completed_at timestamp with time zone,
  decided_at timestamp with time zone not null default now(),
  holder_accounts text[]
);

create table decision_approval (
  request_id uuid not null,
  task text not null,
  approver text not null,
  task_id text not null,
  operation_id text not null,
  completed_at timestamp with time zone not null
);

create table deployment (
  id text not null,
  author text not null,
  origin text not null,
  deployed_at timestamp with time zone not null default now()
);

create table engine_command (
  id bigint not null generated always as identity,
  kind text not null,
  request_id uuid,
  payload jsonb not null,
  state text not null default 'pending'::text,
  attempts integer not null default 0,
  due_at timestamp with time zone not null default now(),
  last_error text,
  created_at timestamp with time zone not null default now(),
  ended_at timestamp with time zone,
  card_id uuid,
  batch_id uuid
);

create table erasure_to_finish (
  kind text not null,
  id uuid not null,
  due_at timestamp with time zone not null default now()
);

create table failed_sign_in (
  key bytea not null,
  free integer not null,
  failed integer not null,
  last_at timestamp with time zone not null,
  blocked_until timestamp with time zone not null
);

create table holder (
  id uuid not null,
  employee_number text not null,
  given_name text not null,
  family_name text not null,
  email text not null,
  upn text not null,
  department text not null default ''::text,
  state text not null,
  account text,
  photo_id uuid,
  search text not null generated always as (lower(((((((((employee_number || ' '::text) || given_name) || ' '::text) || family_name) || ' '::text) || email) || ' '::text) || upn))) stored,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  erased_at timestamp with time zone
);

create table idempotency_key (
  account text not null,
  key text not null,
  request_hash text not null,
  resource_id uuid not null,
  created_at timestamp with time zone not null default now()
);

create table known_place (
  account text not null,
  place bytea not null,
  failed integer not null default 0,
  failed_at timestamp with time zone not null default now(),
  last_right_at timestamp with time zone not null default now()
);

create table layout_version (
  id uuid not null,
  layout text not null,
  version integer not null,
  template jsonb not null,
  created_by text not null,
  created_at timestamp with time zone not null default now()
);

create table mail (
  id bigint not null generated always as identity,
  event_key text not null,
  to_account text,
  to_group text,
  except_accounts text[] not null default '{}'::text[],
  to_address text,
  subject text not null,
  body text not null,
  state text not null default 'pending'::text,
  attempts integer not null default 0,
  due_at timestamp with time zone not null default now(),
  last_error text,
  created_at timestamp with time zone not null default now(),
  ended_at timestamp with time zone,
  link_path text,
  secret_card_id uuid,
  secret_number integer,
  search text not null generated always as (lower(((((((COALESCE(to_account, ''::text) || ' '::text) || COALESCE(to_group, ''::text)) || ' '::text) || COALESCE(to_address, ''::text)) || ' '::text) || subject))) stored,
  blame text,
  tried_at timestamp with time zone,
  sent_again_at timestamp with time zone
);

create table number_range (
  id text not null,
  name text not null,
  prefix text not null default ''::text,
  digits integer not null,
  suffix text not null default ''::text,
  next_number bigint not null default 1
);

create table own_group (
  id text not null,
  name text not null,
  description text not null default ''::text,
  may_approve boolean not null default false,
  retired boolean not null default false
);

create table pending_change (
  id bigint not null generated always as identity,
  operation text not null,
  input jsonb not null,
  what text not null,
  requested_by text not null,
  requested_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  outcome text,
  settled_by text,
  settled_at timestamp with time zone
);

create table photo (
  id uuid not null,
  content_type text not null,
  sha256 text not null,
  bytes bytea not null,
  created_at timestamp with time zone not null default now()
);

create table process_migration (
  id uuid not null,
  batch_id text not null,
  from_definition text not null,
  to_definition text not null,
  instances integer not null,
  actor text not null,
  reason text,
  started_at timestamp with time zone not null default now(),
  ended_at timestamp with time zone
);

create table process_version (
  definition_id text not null,
  process_key text not null,
  version integer not null,
  use_case text,
  variant text,
  name text not null,
  source_hash text not null,
  deployed_by text not null,
  deployed_at timestamp with time zone not null default now(),
  deployment_id text,
  shipped boolean not null default false
);

create table product_option (
  name text not null,
  value jsonb not null,
  changed_by text not null,
  changed_at timestamp with time zone not null default now()
);

create table production_order (
  card_id uuid not null,
  number integer not null,
  backend text not null,
  state text not null default 'intent'::text,
  ordered_by text not null,
  ordered_at timestamp with time zone not null default now(),
  definition_id text,
  process_instance_id text,
  task_id text,
  body bytea,
  call_began_at timestamp with time zone,
  in_doubt_since timestamp with time zone,
  claimed_by text,
  claimed_until timestamp with time zone,
  due_at timestamp with time zone not null default now(),
  attempts integer not null default 0,
  order_id text,
  submitted_at timestamp with time zone,
  cancel_requested_by text,
  cancel_reason text,
  cancel_sent_at timestamp with time zone,
  ended_at timestamp with time zone,
  reason_code text,
  reason text,
  evidence jsonb not null default '{}'::jsonb,
  spoilt_by text,
  spoilt_at timestamp with time zone,
  spoilt_reason text,
  batch_id uuid,
  turn integer not null default 0
);

create table production_result (
  backend text not null,
  event_id text not null,
  card_id uuid not null,
  number integer not null,
  outcome text not null,
  applied boolean not null,
  details jsonb not null default '{}'::jsonb,
  received_at timestamp with time zone not null default now()
);

create table production_state (
  state text not null
);

create table production_transition (
  from_state text not null,
  to_state text not null
);

create table recovery_code (
  account text not null,
  code_hash bytea not null
);

create table request_state (
  state text not null
);

create table request_transition (
  from_state text not null,
  to_state text not null
);

create table retention_run (
  id bigint not null generated always as identity,
  actor text not null,
  started_at timestamp with time zone not null default now(),
  ended_at timestamp with time zone,
  requests integer not null default 0,
  cards integer not null default 0,
  photos integer not null default 0
);

create table second_factor (
  account text not null,
  sealed bytea not null,
  key_id text not null,
  confirmed boolean not null default false,
  last_step bigint not null default 0
);

create table second_factor_rule (
  account text,
  role text
);

create table secret_letter (
  card_id uuid not null,
  number integer not null,
  due_at timestamp with time zone not null default now(),
  attempts integer not null default 0,
  last_error text,
  created_at timestamp with time zone not null default now()
);

create table session (
  token_hash bytea not null,
  account text not null,
  created_at timestamp with time zone not null default now(),
  last_seen_at timestamp with time zone not null default now(),
  id uuid not null default gen_random_uuid(),
  stage text not null default 'open'::text,
  second_factor boolean not null default false,
  address text,
  program text
);

create table stuck_process (
  kind text not null,
  id uuid not null,
  cause text not null,
  message text not null,
  found_at timestamp with time zone not null default now()
);

create table task_attempt (
  task_id text not null,
  worker_id text not null,
  started_at timestamp with time zone not null default now()
) with (fillfactor=50, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_scale_factor=0);

create table use_case (
  id text not null,
  enabled boolean not null default false,
  revision integer not null default 1,
  changed_by text not null default 'system'::text,
  changed_at timestamp with time zone not null default now()
);

create table use_case_change (
  use_case text not null,
  revision integer not null,
  actor text not null,
  reason text,
  enabled boolean not null,
  definition_id text,
  card_types jsonb not null default '{}'::jsonb,
  changed_at timestamp with time zone not null default now()
);

create table variant_choice (
  id uuid not null,
  use_case text not null,
  card_type text,
  definition_id text not null
);

create table worker (
  id text not null,
  ready boolean not null,
  problems text[] not null default '{}'::text[],
  started_at timestamp with time zone not null default now(),
  seen_at timestamp with time zone not null default now()
);

alter table account_password add constraint account_password_hash_check CHECK ((hash ~~ '$argon2id$%'::text));
alter table account_password add constraint account_password_pkey PRIMARY KEY (account);

alter table account_sign_in add constraint account_sign_in_pkey PRIMARY KEY (account);

alter table audit add constraint audit_pkey PRIMARY KEY (id);

alter table audit_alarm add constraint audit_alarm_check CHECK ((num_nonnulls(acknowledged_at, acknowledged_by, reason) = ANY (ARRAY[0, 3])));
alter table audit_alarm add constraint audit_alarm_pkey PRIMARY KEY (id);

alter table audit_anchor_place add constraint audit_anchor_place_pkey PRIMARY KEY (place);

alter table audit_block add constraint audit_block_check CHECK ((length(leaves) = (32 * cardinality(ids))));
alter table audit_block add constraint audit_block_hash_check CHECK ((length(hash) = 32));
alter table audit_block add constraint audit_block_ids_check CHECK ((cardinality(ids) > 0));
alter table audit_block add constraint audit_block_number_check CHECK ((number >= 1));
alter table audit_block add constraint audit_block_pkey PRIMARY KEY (number);
alter table audit_block add constraint audit_block_previous_check CHECK ((length(previous) = 32));
alter table audit_block add constraint audit_block_signature_check CHECK ((length(signature) = 64));
alter table audit_block add constraint audit_block_signed_by CHECK (((key_id IS NULL) = (signature IS NULL)));

alter table audit_fact add constraint audit_fact_kind_check CHECK ((kind = ANY (ARRAY['decision'::text, 'approval'::text, 'production'::text])));
alter table audit_fact add constraint audit_fact_pkey PRIMARY KEY (id);

alter table backend add constraint backend_id_check CHECK ((id ~ '^[a-z][a-z0-9-]*$'::text));
alter table backend add constraint backend_pkey PRIMARY KEY (id);

alter table backend_secret_origin add constraint backend_secret_origin_pkey PRIMARY KEY (backend);

alter table backend_state add constraint backend_state_backend_fkey FOREIGN KEY (backend) REFERENCES backend(id) ON DELETE CASCADE;
alter table backend_state add constraint backend_state_circuit_check CHECK ((circuit = ANY (ARRAY['closed'::text, 'open'::text, 'half-open'::text])));
alter table backend_state add constraint backend_state_pkey PRIMARY KEY (backend);

alter table batch_order add constraint batch_order_card_type_fkey FOREIGN KEY (card_type) REFERENCES card_type(id);
alter table batch_order add constraint batch_order_check CHECK ((LEAST(chosen, skipped, ordered, succeeded, failed, withdrawn) >= 0));
alter table batch_order add constraint batch_order_check1 CHECK (((skipped + ordered) <= chosen));
alter table batch_order add constraint batch_order_check2 CHECK (((round = 0) = (round_began_at IS NULL)));
alter table batch_order add constraint batch_order_check3 CHECK (((round = 0) = (ordered_by IS NULL)));
alter table batch_order add constraint batch_order_check4 CHECK (((ended_at IS NULL) = (state = ANY (ARRAY['draft'::text, 'ordering'::text, 'running'::text, 'reviewing'::text]))));
alter table batch_order add constraint batch_order_check5 CHECK (((open = 0) OR (state = ANY (ARRAY['ordering'::text, 'running'::text]))));
alter table batch_order add constraint batch_order_definition_id_fkey FOREIGN KEY (definition_id) REFERENCES process_version(definition_id);
alter table batch_order add constraint batch_order_kind_check CHECK ((kind = ANY (ARRAY['issue'::text, 'request'::text])));
alter table batch_order add constraint batch_order_label_check CHECK ((length(label) <= 200));
alter table batch_order add constraint batch_order_number_key UNIQUE (number);
alter table batch_order add constraint batch_order_of_requests CHECK ((((kind = 'request'::text) = (card_type IS NOT NULL)) AND ((kind = 'request'::text) = (source IS NOT NULL))));
alter table batch_order add constraint batch_order_open_check CHECK ((open >= 0));
alter table batch_order add constraint batch_order_pkey PRIMARY KEY (id);
alter table batch_order add constraint batch_order_process_instance_id_key UNIQUE (process_instance_id);
alter table batch_order add constraint batch_order_round_check CHECK ((round >= 0));
alter table batch_order add constraint batch_order_source_check CHECK ((source = ANY (ARRAY['tasklist'::text, 'api'::text])));
alter table batch_order add constraint batch_order_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'ordering'::text, 'running'::text, 'reviewing'::text, 'completed'::text, 'cancelled'::text])));

alter table batch_row add constraint batch_row_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batch_order(id) ON DELETE CASCADE;
alter table batch_row add constraint batch_row_card_id_fkey FOREIGN KEY (card_id) REFERENCES card(id);
alter table batch_row add constraint batch_row_card_id_number_fkey FOREIGN KEY (card_id, number) REFERENCES production_order(card_id, number);
alter table batch_row add constraint batch_row_check CHECK (((state <> 'skipped'::text) OR (code IS NOT NULL)));
alter table batch_row add constraint batch_row_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holder(id);
alter table batch_row add constraint batch_row_ordinal_check CHECK ((ordinal >= 1));
alter table batch_row add constraint batch_row_pkey PRIMARY KEY (batch_id, ordinal);
alter table batch_row add constraint batch_row_request_id_fkey FOREIGN KEY (request_id) REFERENCES card_request(id);
alter table batch_row add constraint batch_row_request_id_key UNIQUE (request_id);
alter table batch_row add constraint batch_row_state_check CHECK ((state = ANY (ARRAY['chosen'::text, 'skipped'::text, 'ordered'::text, 'succeeded'::text, 'failed'::text, 'withdrawn'::text])));
alter table batch_row add constraint batch_row_went_on CHECK (((state = ANY (ARRAY['chosen'::text, 'skipped'::text])) OR (number IS NOT NULL) OR (request_id IS NOT NULL) OR (card_id IS NULL)));

alter table card add constraint card_card_type_fkey FOREIGN KEY (card_type) REFERENCES card_type(id);
alter table card add constraint card_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holder(id);
alter table card add constraint card_number_key UNIQUE (number);
alter table card add constraint card_pkey PRIMARY KEY (id);
alter table card add constraint card_state_fkey FOREIGN KEY (state) REFERENCES card_state(state);

alter table card_request add constraint card_request_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batch_order(id);
alter table card_request add constraint card_request_card_id_fkey FOREIGN KEY (card_id) REFERENCES card(id);
alter table card_request add constraint card_request_card_id_key UNIQUE (card_id);
alter table card_request add constraint card_request_card_type_fkey FOREIGN KEY (card_type) REFERENCES card_type(id);
alter table card_request add constraint card_request_check1 CHECK (((ended_at IS NULL) = (state = ANY (ARRAY['registered'::text, 'requested'::text]))));
alter table card_request add constraint card_request_definition_id_fkey FOREIGN KEY (definition_id) REFERENCES process_version(definition_id);
alter table card_request add constraint card_request_has_card CHECK (((state = 'aborted'::text) OR ((card_id IS NULL) = (state = ANY (ARRAY['registered'::text, 'refused'::text])))));
alter table card_request add constraint card_request_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holder(id);
alter table card_request add constraint card_request_one_process CHECK (((batch_id IS NULL) OR (process_instance_id IS NULL)));
alter table card_request add constraint card_request_pkey PRIMARY KEY (id);
alter table card_request add constraint card_request_process_instance_id_key UNIQUE (process_instance_id);
alter table card_request add constraint card_request_source_check CHECK ((source = ANY (ARRAY['tasklist'::text, 'api'::text])));
alter table card_request add constraint card_request_state_fkey FOREIGN KEY (state) REFERENCES request_state(state);

alter table card_secret add constraint card_secret_card_id_number_fkey FOREIGN KEY (card_id, number) REFERENCES production_order(card_id, number);
alter table card_secret add constraint card_secret_delivery_check CHECK ((delivery = ANY (ARRAY['print'::text, 'e-mail'::text, 'none'::text])));
alter table card_secret add constraint card_secret_kind_check CHECK ((kind = ANY (ARRAY['pin'::text, 'puk'::text])));
alter table card_secret add constraint card_secret_pkey PRIMARY KEY (card_id, number, kind);

alter table card_snapshot add constraint card_snapshot_card_id_fkey FOREIGN KEY (card_id) REFERENCES card(id);
alter table card_snapshot add constraint card_snapshot_layout_version_id_fkey FOREIGN KEY (layout_version_id) REFERENCES layout_version(id);
alter table card_snapshot add constraint card_snapshot_photo_id_fkey FOREIGN KEY (photo_id) REFERENCES photo(id);
alter table card_snapshot add constraint card_snapshot_pkey PRIMARY KEY (card_id);

alter table card_state add constraint card_state_pkey PRIMARY KEY (state);

alter table card_transition add constraint card_transition_from_state_fkey FOREIGN KEY (from_state) REFERENCES card_state(state);
alter table card_transition add constraint card_transition_pkey PRIMARY KEY (from_state, to_state);
alter table card_transition add constraint card_transition_to_state_fkey FOREIGN KEY (to_state) REFERENCES card_state(state);

alter table card_type add constraint card_type_backend_fkey FOREIGN KEY (backend) REFERENCES backend(id);
alter table card_type add constraint card_type_id_check CHECK ((id ~ '^[a-z][a-z0-9-]*$'::text));
alter table card_type add constraint card_type_number_range_fkey FOREIGN KEY (number_range) REFERENCES number_range(id);
alter table card_type add constraint card_type_pkey PRIMARY KEY (id);
alter table card_type add constraint card_type_validity_months_check CHECK (((validity_months >= 1) AND (validity_months <= 240)));

alter table decision add constraint decision_cause_check CHECK ((cause = ANY (ARRAY['approver'::text, 'time-limit'::text])));
alter table decision add constraint decision_decision_check CHECK ((decision = ANY (ARRAY['approve'::text, 'reject'::text])));
alter table decision add constraint decision_has_proof CHECK (((cause = 'time-limit'::text) OR ((approver IS NOT NULL) AND (task_id IS NOT NULL) AND (operation_id IS NOT NULL) AND (completed_at IS NOT NULL))));
alter table decision add constraint decision_not_by_holder CHECK (((canonical_account(approver) <> holder_account) AND (NOT (canonical_account(approver) = ANY (holder_accounts))))) NOT VALID;
alter table decision add constraint decision_not_by_requester CHECK ((canonical_account(approver) <> canonical_account(requester))) NOT VALID;
alter table decision add constraint decision_pkey PRIMARY KEY (request_id);
alter table decision add constraint decision_reject_has_reason CHECK (((decision = 'approve'::text) OR (length(TRIM(BOTH FROM reason)) > 0)));
alter table decision add constraint decision_request_id_fkey FOREIGN KEY (request_id) REFERENCES card_request(id);
alter table decision add constraint decision_time_limit_rejects CHECK (((cause = 'approver'::text) OR ((decision = 'reject'::text) AND (approver IS NULL))));

alter table decision_approval add constraint decision_approval_pkey PRIMARY KEY (request_id, task);
alter table decision_approval add constraint decision_approval_request_id_fkey FOREIGN KEY (request_id) REFERENCES decision(request_id);

alter table deployment add constraint deployment_origin_check CHECK ((origin = ANY (ARRAY['product'::text, 'modeler'::text, 'api'::text])));
alter table deployment add constraint deployment_pkey PRIMARY KEY (id);

alter table engine_command add constraint engine_command_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batch_order(id);
alter table engine_command add constraint engine_command_card_id_fkey FOREIGN KEY (card_id) REFERENCES card(id);
alter table engine_command add constraint engine_command_check CHECK (((ended_at IS NULL) = (state = 'pending'::text)));
alter table engine_command add constraint engine_command_kind_check CHECK ((kind = ANY (ARRAY['start'::text, 'correlate'::text, 'end'::text])));
alter table engine_command add constraint engine_command_pkey PRIMARY KEY (id);
alter table engine_command add constraint engine_command_request_id_fkey FOREIGN KEY (request_id) REFERENCES card_request(id);
alter table engine_command add constraint engine_command_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'done'::text, 'obsolete'::text])));

alter table erasure_to_finish add constraint erasure_to_finish_kind_check CHECK ((kind = ANY (ARRAY['card-request'::text, 'card'::text, 'holder'::text])));
alter table erasure_to_finish add constraint erasure_to_finish_pkey PRIMARY KEY (kind, id);

alter table failed_sign_in add constraint failed_sign_in_free_check CHECK ((free > 1));
alter table failed_sign_in add constraint failed_sign_in_key_check CHECK ((length(key) = 32));
alter table failed_sign_in add constraint failed_sign_in_pkey PRIMARY KEY (key);

alter table holder add constraint holder_account UNIQUE (account) DEFERRABLE;
alter table holder add constraint holder_account_canonical CHECK (((account = canonical_account(account)) AND (account <> ''::text)));
alter table holder add constraint holder_erased CHECK (((erased_at IS NULL) OR ((state = 'inactive'::text) AND (account IS NULL) AND (photo_id IS NULL) AND (family_name = '(erased)'::text))));
alter table holder add constraint holder_photo_id_fkey FOREIGN KEY (photo_id) REFERENCES photo(id);
alter table holder add constraint holder_pkey PRIMARY KEY (id);
alter table holder add constraint holder_state_check CHECK ((state = ANY (ARRAY['active'::text, 'inactive'::text])));

alter table idempotency_key add constraint idempotency_key_pkey PRIMARY KEY (account, key);

alter table known_place add constraint known_place_pkey PRIMARY KEY (account, place);
alter table known_place add constraint known_place_place_check CHECK ((length(place) = 32));

alter table layout_version add constraint layout_version_layout_check CHECK ((layout ~ '^[a-z][a-z0-9-]*$'::text));
alter table layout_version add constraint layout_version_layout_version_key UNIQUE (layout, version);
alter table layout_version add constraint layout_version_pkey PRIMARY KEY (id);
alter table layout_version add constraint layout_version_version_check CHECK ((version >= 1));

alter table mail add constraint mail_blame_check CHECK ((blame = ANY (ARRAY['recipient'::text, 'mailbox'::text, 'sender'::text, 'server'::text])));
alter table mail add constraint mail_check1 CHECK (((ended_at IS NULL) = (state = ANY (ARRAY['pending'::text, 'sending'::text]))));
alter table mail add constraint mail_event_key_key UNIQUE (event_key);
alter table mail add constraint mail_has_recipient CHECK (((num_nonnulls(to_account, to_group) = 1) OR ((to_account IS NULL) AND (to_group IS NULL) AND (to_address IS NOT NULL))));
alter table mail add constraint mail_link_path_check CHECK ((link_path ~~ '/%'::text));
alter table mail add constraint mail_pkey PRIMARY KEY (id);
alter table mail add constraint mail_secret FOREIGN KEY (secret_card_id, secret_number) REFERENCES production_order(card_id, number) MATCH FULL;
alter table mail add constraint mail_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'expanded'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'unknown'::text])));

alter table number_range add constraint number_range_digits_check CHECK (((digits >= 1) AND (digits <= 15)));
alter table number_range add constraint number_range_exhausted CHECK (((next_number)::numeric <= power((10)::numeric, (digits)::numeric)));
alter table number_range add constraint number_range_id_check CHECK ((id ~ '^[a-z][a-z0-9-]*$'::text));
alter table number_range add constraint number_range_next_number_check CHECK ((next_number >= 1));
alter table number_range add constraint number_range_pkey PRIMARY KEY (id);
alter table number_range add constraint number_range_prefix_check CHECK ((length(prefix) <= 16));
alter table number_range add constraint number_range_prefix_digits_suffix_key UNIQUE (prefix, digits, suffix);
alter table number_range add constraint number_range_suffix_check CHECK ((length(suffix) <= 16));

alter table own_group add constraint own_group_description_check CHECK ((length(description) <= 1000));
alter table own_group add constraint own_group_id_check CHECK (((id ~ '^[a-z][a-z0-9-]*$'::text) AND (length(id) <= 60)));
alter table own_group add constraint own_group_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)));
alter table own_group add constraint own_group_pkey PRIMARY KEY (id);

alter table pending_change add constraint pending_change_check CHECK ((num_nonnulls(outcome, settled_by, settled_at) = ANY (ARRAY[0, 3])));
alter table pending_change add constraint pending_change_confirmed_by_another CHECK (((outcome IS DISTINCT FROM 'confirmed'::text) OR (canonical_account(settled_by) <> canonical_account(requested_by))));
alter table pending_change add constraint pending_change_outcome_check CHECK ((outcome = ANY (ARRAY['confirmed'::text, 'rejected'::text, 'expired'::text])));
alter table pending_change add constraint pending_change_pkey PRIMARY KEY (id);

alter table photo add constraint photo_content_type_check CHECK ((content_type = ANY (ARRAY['image/jpeg'::text, 'image/png'::text])));
alter table photo add constraint photo_pkey PRIMARY KEY (id);

alter table process_migration add constraint process_migration_batch_id_key UNIQUE (batch_id);
alter table process_migration add constraint process_migration_from_definition_fkey FOREIGN KEY (from_definition) REFERENCES process_version(definition_id);
alter table process_migration add constraint process_migration_pkey PRIMARY KEY (id);
alter table process_migration add constraint process_migration_to_definition_fkey FOREIGN KEY (to_definition) REFERENCES process_version(definition_id);

alter table process_version add constraint process_version_check CHECK (((use_case IS NULL) = (variant IS NULL)));
alter table process_version add constraint process_version_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES deployment(id);
alter table process_version add constraint process_version_pkey PRIMARY KEY (definition_id);
alter table process_version add constraint process_version_process_key_version_key UNIQUE (process_key, version);

alter table product_option add constraint product_option_pkey PRIMARY KEY (name);

alter table production_order add constraint production_order_backend_fkey FOREIGN KEY (backend) REFERENCES backend(id);
alter table production_order add constraint production_order_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batch_order(id);
alter table production_order add constraint production_order_card_id_fkey FOREIGN KEY (card_id) REFERENCES card(id);
alter table production_order add constraint production_order_check CHECK (((ended_at IS NULL) = (state = ANY (ARRAY['intent'::text, 'submitted'::text, 'unknown'::text]))));
alter table production_order add constraint production_order_check1 CHECK (((ended_at IS NULL) OR (body IS NULL)));
alter table production_order add constraint production_order_check2 CHECK (((state <> 'submitted'::text) OR (order_id IS NOT NULL)));
alter table production_order add constraint production_order_check3 CHECK (((state <> 'intent'::text) OR (call_began_at IS NULL) OR (body IS NOT NULL)));
alter table production_order add constraint production_order_check4 CHECK (((state <> 'unknown'::text) OR ((call_began_at IS NOT NULL) AND (in_doubt_since IS NOT NULL))));
alter table production_order add constraint production_order_check5 CHECK ((num_nonnulls(cancel_requested_by, cancel_reason) = ANY (ARRAY[0, 2])));
alter table production_order add constraint production_order_check6 CHECK ((num_nonnulls(spoilt_by, spoilt_at, spoilt_reason) = ANY (ARRAY[0, 3])));
alter table production_order add constraint production_order_check7 CHECK (((spoilt_at IS NULL) OR (state = 'produced'::text)));
alter table production_order add constraint production_order_definition_id_fkey FOREIGN KEY (definition_id) REFERENCES process_version(definition_id);
alter table production_order add constraint production_order_number_check CHECK ((number >= 1));
alter table production_order add constraint production_order_pkey PRIMARY KEY (card_id, number);
alter table production_order add constraint production_order_spoilt_reason_check CHECK ((length(TRIM(BOTH FROM spoilt_reason)) > 0));
alter table production_order add constraint production_order_state_fkey FOREIGN KEY (state) REFERENCES production_state(state);
alter table production_order add constraint production_order_turn_check CHECK ((turn >= 0));

alter table production_result add constraint production_result_backend_fkey FOREIGN KEY (backend) REFERENCES backend(id);
alter table production_result add constraint production_result_pkey PRIMARY KEY (backend, event_id);

alter table production_state add constraint production_state_pkey PRIMARY KEY (state);

alter table production_transition add constraint production_transition_from_state_fkey FOREIGN KEY (from_state) REFERENCES production_state(state);
alter table production_transition add constraint production_transition_pkey PRIMARY KEY (from_state, to_state);
alter table production_transition add constraint production_transition_to_state_fkey FOREIGN KEY (to_state) REFERENCES production_state(state);

alter table recovery_code add constraint recovery_code_account_fkey FOREIGN KEY (account) REFERENCES second_factor(account) ON DELETE CASCADE;
alter table recovery_code add constraint recovery_code_code_hash_check CHECK ((length(code_hash) = 32));
alter table recovery_code add constraint recovery_code_pkey PRIMARY KEY (account, code_hash);

alter table request_state add constraint request_state_pkey PRIMARY KEY (state);

alter table request_transition add constraint request_transition_from_state_fkey FOREIGN KEY (from_state) REFERENCES request_state(state);
alter table request_transition add constraint request_transition_pkey PRIMARY KEY (from_state, to_state);
alter table request_transition add constraint request_transition_to_state_fkey FOREIGN KEY (to_state) REFERENCES request_state(state);

alter table retention_run add constraint retention_run_pkey PRIMARY KEY (id);

alter table second_factor add constraint second_factor_pkey PRIMARY KEY (account);

alter table second_factor_rule add constraint second_factor_rule_account_key UNIQUE (account);
alter table second_factor_rule add constraint second_factor_rule_check CHECK ((num_nonnulls(account, role) = 1));
alter table second_factor_rule add constraint second_factor_rule_role_key UNIQUE (role);

alter table secret_letter add constraint secret_letter_card_id_number_fkey FOREIGN KEY (card_id, number) REFERENCES production_order(card_id, number);
alter table secret_letter add constraint secret_letter_pkey PRIMARY KEY (card_id, number);

alter table session add constraint session_pkey PRIMARY KEY (token_hash);
alter table session add constraint session_stage_check CHECK ((stage = ANY (ARRAY['open'::text, 'code'::text, 'enrolment'::text])));
alter table session add constraint session_token_hash_check CHECK ((length(token_hash) = 32));

alter table stuck_process add constraint stuck_process_cause_check CHECK ((cause = ANY (ARRAY['process-ended'::text, 'start-refused'::text])));
alter table stuck_process add constraint stuck_process_kind_check CHECK ((kind = ANY (ARRAY['card-request'::text, 'batch-order'::text, 'card'::text])));
alter table stuck_process add constraint stuck_process_pkey PRIMARY KEY (kind, id);

alter table task_attempt add constraint task_attempt_pkey PRIMARY KEY (task_id, worker_id);

alter table use_case add constraint use_case_pkey PRIMARY KEY (id);

alter table use_case_change add constraint use_case_change_definition_id_fkey FOREIGN KEY (definition_id) REFERENCES process_version(definition_id);
alter table use_case_change add constraint use_case_change_pkey PRIMARY KEY (use_case, revision);
alter table use_case_change add constraint use_case_change_use_case_fkey FOREIGN KEY (use_case) REFERENCES use_case(id);

alter table variant_choice add constraint variant_choice_card_type_fkey FOREIGN KEY (card_type) REFERENCES card_type(id);
alter table variant_choice add constraint variant_choice_definition_id_fkey FOREIGN KEY (definition_id) REFERENCES process_version(definition_id);
alter table variant_choice add constraint variant_choice_pkey PRIMARY KEY (id);
alter table variant_choice add constraint variant_choice_use_case_card_type_key UNIQUE NULLS NOT DISTINCT (use_case, card_type);
alter table variant_choice add constraint variant_choice_use_case_fkey FOREIGN KEY (use_case) REFERENCES use_case(id);

alter table worker add constraint worker_pkey PRIMARY KEY (id);

CREATE INDEX account_password_to_replace ON public.account_password USING btree (account) WHERE (NOT engine_replaced);
CREATE INDEX audit_by_action ON public.audit USING btree (action, id);
CREATE INDEX audit_by_actor ON public.audit USING btree (actor, id);
CREATE INDEX audit_by_object ON public.audit USING btree (object_type, object_id, id);
CREATE INDEX audit_by_time ON public.audit USING brin (at);
CREATE UNIQUE INDEX audit_alarm_one_open ON public.audit_alarm USING btree ((true)) WHERE (acknowledged_at IS NULL);
CREATE INDEX audit_fact_by_object ON public.audit_fact USING btree (kind, object_id, id);
CREATE INDEX batch_order_by_time ON public.batch_order USING btree (created_at DESC, id);
CREATE INDEX batch_order_open ON public.batch_order USING btree (created_at) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX batch_row_by_card ON public.batch_row USING btree (batch_id, card_id) WHERE (card_id IS NOT NULL);
CREATE INDEX batch_row_by_state ON public.batch_row USING btree (batch_id, state, ordinal);
CREATE INDEX batch_row_of_card ON public.batch_row USING btree (card_id) WHERE (card_id IS NOT NULL);
CREATE INDEX card_by_holder ON public.card USING btree (holder_id);
CREATE INDEX card_by_state ON public.card USING btree (state, created_at, id);
CREATE INDEX card_by_time ON public.card USING btree (created_at, id);
CREATE INDEX card_to_erase ON public.card USING btree (changed_at) WHERE ((erased_at IS NULL) AND (state = ANY (ARRAY['aborted'::text, 'rejected'::text, 'cancelled'::text, 'locked'::text, 'expired'::text])));
CREATE INDEX card_request_by_holder ON public.card_request USING btree (holder_id);
CREATE INDEX card_request_by_requester ON public.card_request USING btree (requester, created_at, id);
CREATE INDEX card_request_by_state ON public.card_request USING btree (state, created_at, id);
CREATE INDEX card_request_by_time ON public.card_request USING btree (created_at, id);
CREATE INDEX card_request_of_batch ON public.card_request USING btree (batch_id) WHERE (batch_id IS NOT NULL);
CREATE UNIQUE INDEX card_request_one_open ON public.card_request USING btree (holder_id, card_type) WHERE (ended_at IS NULL);
CREATE INDEX card_request_open ON public.card_request USING btree (created_at) WHERE (ended_at IS NULL);
CREATE INDEX card_request_to_erase ON public.card_request USING btree (ended_at) WHERE ((erased_at IS NULL) AND (ended_at IS NOT NULL));
CREATE INDEX card_snapshot_by_photo ON public.card_snapshot USING btree (photo_id) WHERE (photo_id IS NOT NULL);
CREATE UNIQUE INDEX decision_approval_by_different_people ON public.decision_approval USING btree (request_id, canonical_account(approver));
CREATE INDEX engine_command_by_batch ON public.engine_command USING btree (batch_id) WHERE (batch_id IS NOT NULL);
CREATE INDEX engine_command_by_card ON public.engine_command USING btree (card_id) WHERE (card_id IS NOT NULL);
CREATE INDEX engine_command_by_request ON public.engine_command USING btree (request_id);
CREATE INDEX engine_command_due ON public.engine_command USING btree (due_at, id) WHERE (state = 'pending'::text);
CREATE INDEX erasure_to_finish_due ON public.erasure_to_finish USING btree (due_at);
CREATE INDEX failed_sign_in_by_time ON public.failed_sign_in USING btree (last_at);
CREATE INDEX holder_by_name ON public.holder USING btree (family_name, given_name, id);
CREATE INDEX holder_by_photo ON public.holder USING btree (photo_id) WHERE (photo_id IS NOT NULL);
CREATE UNIQUE INDEX holder_email ON public.holder USING btree (lower(email));
CREATE UNIQUE INDEX holder_employee_number ON public.holder USING btree (lower(employee_number));
CREATE INDEX holder_search ON public.holder USING gin (search gin_trgm_ops);
CREATE UNIQUE INDEX holder_upn ON public.holder USING btree (lower(upn));
CREATE INDEX known_place_by_time ON public.known_place USING btree (last_right_at);
CREATE INDEX mail_by_secret ON public.mail USING btree (secret_card_id, secret_number) WHERE (secret_card_id IS NOT NULL);
CREATE INDEX mail_by_subject ON public.mail USING btree ("left"(split_part(event_key, ':'::text, 2), 36));
CREATE INDEX mail_due ON public.mail USING btree (due_at, id) WHERE (ended_at IS NULL);
CREATE INDEX mail_failed ON public.mail USING btree (id) WHERE (state = 'failed'::text);
CREATE INDEX mail_search ON public.mail USING gin (search gin_trgm_ops);
CREATE INDEX mail_tried ON public.mail USING btree (tried_at) WHERE (tried_at IS NOT NULL);
CREATE UNIQUE INDEX own_group_name ON public.own_group USING btree (lower(name));
CREATE INDEX pending_change_waiting ON public.pending_change USING btree (expires_at) WHERE (outcome IS NULL);
CREATE INDEX photo_by_time ON public.photo USING btree (created_at);
CREATE INDEX process_migration_running ON public.process_migration USING btree (started_at) WHERE (ended_at IS NULL);
CREATE INDEX process_version_by_variant ON public.process_version USING btree (use_case, variant, version DESC);
CREATE INDEX production_order_by_backend ON public.production_order USING btree (backend, order_id) WHERE (order_id IS NOT NULL);
CREATE INDEX production_order_by_end ON public.production_order USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX production_order_by_instance ON public.production_order USING btree (process_instance_id) WHERE (process_instance_id IS NOT NULL);
CREATE INDEX production_order_by_task ON public.production_order USING btree (task_id) WHERE (task_id IS NOT NULL);
CREATE INDEX production_order_due ON public.production_order USING btree (backend, due_at) WHERE (ended_at IS NULL);
CREATE INDEX production_order_of_batch ON public.production_order USING btree (batch_id) WHERE ((batch_id IS NOT NULL) AND (ended_at IS NULL));
CREATE UNIQUE INDEX production_order_one_live ON public.production_order USING btree (card_id) WHERE (ended_at IS NULL);
CREATE INDEX production_order_turn ON public.production_order USING btree (backend, turn, due_at, card_id) WHERE ((ended_at IS NULL) AND (state = 'intent'::text) AND (call_began_at IS NULL));
CREATE INDEX retention_run_by_time ON public.retention_run USING btree (started_at);
CREATE INDEX secret_letter_due ON public.secret_letter USING btree (due_at);
CREATE INDEX session_by_account ON public.session USING btree (account);
CREATE UNIQUE INDEX session_id ON public.session USING btree (id);
CREATE INDEX session_last_seen ON public.session USING btree (last_seen_at);

CREATE OR REPLACE FUNCTION public.add_fact(kind text, object_id text, content jsonb, erasable jsonb)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      insert into audit_fact (kind, object_id, content, digests, salt)
      select kind, object_id, content, fact_digests(erasable, salt), salt from (select uuid_send(gen_random_uuid()) as salt) s
    $function$
;

CREATE OR REPLACE FUNCTION public.add_holder_account()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      update card_request set holder_accounts = holder_accounts || new.account where holder_id = new.id and ended_at is null;
      return null;
    end $function$
;

CREATE OR REPLACE FUNCTION public.audit_reason_digest(details jsonb, salt bytea)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
      select case jsonb_typeof(details -> 'reason')
        when 'object' then concat(details -> 'reason' ->> 'digest', encode(salt, 'hex'))
        else encode(sha256(coalesce(salt, '') || convert_to(coalesce((details -> 'reason')::text, ''), 'UTF8')), 'hex') end
    $function$
;

CREATE OR REPLACE FUNCTION public.begin_holder_accounts()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      new.holder_accounts := array[(select account from holder where id = new.holder_id)];
      return new;
    end $function$
;

CREATE OR REPLACE FUNCTION public.canonical_account(name text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE STRICT
RETURN canonical_reference(lower(canonical_reference(name)))
;

CREATE OR REPLACE FUNCTION public.canonical_reference(name text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE STRICT
RETURN TRIM(BOTH FROM regexp_replace(NORMALIZE(regexp_replace(NORMALIZE(name, NFKC), (('[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e'::text || '\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3'::text) || '\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'::text), ''::text, 'g'::text), NFKC), '\s+'::text, ' '::text, 'g'::text))
;

CREATE OR REPLACE FUNCTION public.decided_holder_accounts()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      new.holder_accounts := (select holder_accounts from card_request where id = new.request_id);
      return new;
    end $function$
;

CREATE OR REPLACE FUNCTION public.erasable_of(d decision)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
      select jsonb_build_object('reason', d.reason, 'holder_account', d.holder_account, 'holder_accounts', to_jsonb(d.holder_accounts))
    $function$
;

CREATE OR REPLACE FUNCTION public.erasable_of(o production_order)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
      select jsonb_build_object('reason', o.reason, 'cancel_reason', o.cancel_reason, 'spoilt_reason', o.spoilt_reason)
    $function$
;

CREATE OR REPLACE FUNCTION public.erase_decided_accounts()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      new.holder_accounts := null;
      return new;
    end $function$
;

CREATE OR REPLACE FUNCTION public.erase_holder(by_actor text, why text, holder_to_erase uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  declare
    cause jsonb := jsonb_build_object('cause', 'holder', 'holder', holder_to_erase);
    requests uuid[] := array(select id from card_request where holder_id = holder_to_erase);
    cards uuid[] := array(select id from card where holder_id = holder_to_erase);
    photos uuid[] := array(
      select photo_id from holder where id = holder_to_erase and photo_id is not null
      union select s.photo_id from card_snapshot s join card c on c.id = s.card_id where c.holder_id = holder_to_erase and s.photo_id is not null
      union select (a.details ->> 'photo')::uuid from audit a
        where a.object_type = 'holder' and a.object_id = holder_to_erase::text and a.action = 'photo-changed');
  begin
    perform erase_personal_data(by_actor, cause, requests, cards);
    update holder set employee_number = 'erased-' || id, given_name = '(erased)', family_name = '(erased)', email = 'erased-' || id,
      upn = 'erased-' || id, department = '', account = null, photo_id = null, erased_at = now(), updated_at = now()
      where id = holder_to_erase;
    perform erase_photos(by_actor, cause, photos);
    insert into audit (actor, action, object_type, object_id, details) values (by_actor, 'holder-erased', 'holder', holder_to_erase::text,
      jsonb_build_object('reason', why, 'requests', cardinality(requests), 'cards', cardinality(cards)));
  end $function$
;

CREATE OR REPLACE FUNCTION public.erase_mailed_secret()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      delete from card_secret where card_id = new.secret_card_id and number = new.secret_number and delivery = 'e-mail';
      return null;
    end $function$
;

CREATE OR REPLACE FUNCTION public.erase_personal_data(by_actor text, cause jsonb, requests uuid[], cards uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  begin
    perform set_config('cards.erasing', 'on', true);
    with object as (
      select 'card-request' as type, r.id::text as id, r.card_id::text as card from card_request r where r.id = any(requests)
      union all select 'card', c.id::text, c.id::text from card c where c.id = any(cards)),
    told as (
      select o.type, o.id, a.id as row from object o join audit a on jsonb_typeof(a.details -> 'reason') = 'string' and (
        (a.object_type = o.type and a.object_id = o.id)
        -- The story of a card repeats the reason of its request.
        or (a.object_type = 'card' and a.object_id = o.card and a.action in ('card-approved', 'card-rejected', 'card-aborted')))),
    recorded as (
      insert into audit (actor, action, object_type, object_id, details)
      select by_actor, 'personal-data-erased', o.type, o.id, cause || jsonb_build_object('auditRows',
        (select coalesce(jsonb_agg(t.row order by t.row), '[]') from told t where t.type = o.type and t.id = o.id))
      from object o order by o.type, o.id returning id, object_type, object_id)
    update audit a set salt = null, details = jsonb_set(a.details, '{reason}', jsonb_build_object(
        'digest', audit_reason_digest(a.details, a.salt), 'erasedBy', r.id))
      from told t join recorded r on r.object_type = t.type and r.object_id = t.id where a.id = t.row;

    update card_request set reason = erased(reason), erased_at = now() where id = any(requests);
    update decision set reason = erased(reason), holder_account = null where request_id = any(requests);
    update card_snapshot set data = erased_elements(data), photo_id = null where card_id = any(cards);
    update production_order set reason = erased(reason), cancel_reason = erased(cancel_reason), spoilt_reason = erased(spoilt_reason)
      where card_id = any(cards);
    update production_result set details = details - 'reason' where card_id = any(cards);
    update card set erased_at = now() where id = any(cards);
    delete from engine_command where (request_id = any(requests) or card_id = any(cards)) and state <> 'pending';
    delete from mail where state <> 'sending' and (
      (split_part(event_key, ':', 1) in ('request-waiting', 'request-decided') and split_part(event_key, ':', 2) = any(requests::text[]))
      or (split_part(event_key, ':', 1) in ('card-secret', 'production-contradicted') and left(split_part(event_key, ':', 2), 36) = any(cards::text[])));
    perform set_config('cards.erasing', '', true);
  end $function$
;

CREATE OR REPLACE FUNCTION public.erase_photos(by_actor text, cause jsonb, photos uuid[])
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  declare gone uuid[];
  begin
    perform set_config('cards.erasing', 'on', true);
    with deleted as (
      delete from photo p where p.id = any(photos)
        and not exists (select from holder h where h.photo_id = p.id)
        and not exists (select from card_snapshot s where s.photo_id = p.id)
      returning p.id)
    select array_agg(id order by id) from deleted into gone;
    perform set_config('cards.erasing', '', true);
    insert into audit (actor, action, object_type, object_id, details)
      select by_actor, 'personal-data-erased', 'photo', unnest(gone)::text, cause;
    return coalesce(cardinality(gone), 0);
  end $function$
;

CREATE OR REPLACE FUNCTION public.erased(anything text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
      select case when anything is not null then '(erased)' end
    $function$
;

CREATE OR REPLACE FUNCTION public.erased_elements(elements jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
      select coalesce(jsonb_object_agg(key, case key when 'cardTypeName' then value else to_jsonb('(erased)'::text) end), '{}')
      from jsonb_each(elements)
    $function$
;

CREATE OR REPLACE FUNCTION public.erasing()
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
      select coalesce(current_setting('cards.erasing', true), '') = 'on'
    $function$
;

CREATE OR REPLACE FUNCTION public.fact_digests(erasable jsonb, salt bytea)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
      select coalesce(jsonb_object_agg(key, encode(sha256(salt || convert_to(key || ' ' || value::text, 'UTF8')), 'hex')), '{}')
      from jsonb_each(erasable)
    $function$
;

CREATE OR REPLACE FUNCTION public.forget_holder_accounts()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      new.holder_accounts := '{}';
      return new;
    end $function$
;

CREATE OR REPLACE FUNCTION public.forget_salt()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    begin
      if tg_table_name = 'decision' then
        update audit_fact set salt = null where kind = 'decision' and object_id = new.request_id::text;
      else
        update audit_fact set salt = null where kind = 'production' and object_id = new.card_id || '/' || new.number;
      end if;
      return null;
    end $function$
;

CREATE OR REPLACE FUNCTION public.last_day_of_validity(first_day date, months integer)
 RETURNS date
 LANGUAGE sql
 IMMUTABLE
AS $function$
      select case when extract(day from same_day) = extract(day from first_day) then same_day - 1 else same_day end
      from cast(first_day + make_interval(months => months) as date) as same_day $function$
;

CREATE OR REPLACE FUNCTION public.list_unsealed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    begin
      insert into audit_unsealed select id from appended;
      return null;
    end $function$
;

CREATE OR REPLACE FUNCTION public.note_fact()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    begin
      if tg_table_name = 'decision' then
        perform add_fact('decision', new.request_id::text, sealed_of(new), erasable_of(new));
      elsif tg_table_name = 'decision_approval' then
        perform add_fact('approval', new.request_id || ' ' || new.task, sealed_of(new), '{}');
      else
        perform add_fact('production', new.card_id || '/' || new.number, sealed_of(new), erasable_of(new));
      end if;
      return null;
    end $function$
;

CREATE OR REPLACE FUNCTION public.note_sign_in()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      insert into account_sign_in values (new.account, new.created_at) on conflict (account) do update set at = excluded.at;
      return null;
    end $function$
;

CREATE OR REPLACE FUNCTION public.refuse_all_but_erasing()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    declare expected record := old;
    begin
      if tg_table_name = 'audit' then
        expected.salt := null;
        expected.details := jsonb_set(old.details, '{reason}', jsonb_build_object(
          'digest', audit_reason_digest(old.details, old.salt), 'erasedBy', new.details -> 'reason' -> 'erasedBy'));
      elsif tg_table_name = 'decision' then
        expected.reason := erased(old.reason);
        expected.holder_account := null;
      elsif tg_table_name = 'card_snapshot' then
        expected.data := erased_elements(old.data);
        expected.photo_id := null;
      end if;
      if new is distinct from expected then
        raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
      end if;
      return new;
    end $function$
;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
    end $function$
;

CREATE OR REPLACE FUNCTION public.refuse_change_of_end()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    declare
      free text[] := array['evidence', 'spoilt_by', 'spoilt_at'];
    begin
      if sealed_of(old) - free <> sealed_of(new) - free or not new.evidence @> old.evidence or (old.spoilt_at is not null and
        (old.spoilt_by, old.spoilt_at) is distinct from (new.spoilt_by, new.spoilt_at)) or (not erasing() and
        (old.reason, old.cancel_reason) is distinct from (new.reason, new.cancel_reason)) then
        raise exception 'a production order that has ended is final' using errcode = 'insufficient_privilege';
      end if;
      return new;
    end $function$
;

CREATE OR REPLACE FUNCTION public.refuse_production_transition()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      if tg_op = 'INSERT' then
        if new.state <> 'intent' then
          raise exception 'a new production order begins as intent, not as %', new.state
            using errcode = 'check_violation', constraint = 'production_transition';
        end if;
      elsif old.state <> new.state and not exists (
        select from production_transition where from_state = old.state and to_state = new.state
      ) then
        raise exception 'a production order that is % cannot become %', old.state, new.state
          using errcode = 'check_violation', constraint = 'production_transition';
      end if;
      return new;
    end $function$
;

CREATE OR REPLACE FUNCTION public.refuse_self_approval()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    declare
      decided decision;
    begin
      select * into decided from decision where request_id = new.request_id;
      if decided.decision <> 'approve' or canonical_account(new.approver) in (canonical_account(decided.requester), decided.holder_account)
        or canonical_account(new.approver) = any (decided.holder_accounts) then
        raise exception 'this approval does not count for the request'
          using errcode = 'check_violation', constraint = 'decision_approval_counts';
      end if;
      return new;
    end $function$
;

CREATE OR REPLACE FUNCTION public.refuse_transition()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    declare
      before text := case tg_op when 'INSERT' then 'registered' else old.state end;
      allowed boolean;
    begin
      if new.state = before then return new; end if;
      if tg_argv[0] = 'card_transition' then
        allowed := exists (select from card_transition where from_state = before and to_state = new.state);
      else
        allowed := exists (select from request_transition where from_state = before and to_state = new.state);
      end if;
      if not allowed then
        raise exception 'a % that is % cannot become %', tg_table_name, before, new.state
          using errcode = 'check_violation', constraint = tg_argv[0];
      end if;
      return new;
    end $function$
;

CREATE OR REPLACE FUNCTION public.refuse_unless_erasing()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      if erasing() then return null; end if;
      raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
    end $function$
;

CREATE OR REPLACE FUNCTION public.sealed_of(d decision)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET "TimeZone" TO 'UTC'
AS $function$
      select jsonb_build_object('decision', d.decision, 'cause', d.cause, 'approver', d.approver, 'requester', d.requester,
        'task_id', d.task_id, 'operation_id', d.operation_id, 'completed_at', d.completed_at, 'decided_at', d.decided_at)
    $function$
;

CREATE OR REPLACE FUNCTION public.sealed_of(a decision_approval)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET "TimeZone" TO 'UTC'
AS $function$
      select jsonb_build_object('approver', a.approver, 'task_id', a.task_id, 'operation_id', a.operation_id, 'completed_at', a.completed_at)
    $function$
;

CREATE OR REPLACE FUNCTION public.sealed_of(o production_order)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET "TimeZone" TO 'UTC'
AS $function$
      select jsonb_build_object('backend', o.backend, 'state', o.state, 'ordered_by', o.ordered_by, 'ordered_at', o.ordered_at,
        'definition_id', o.definition_id, 'order_id', o.order_id, 'submitted_at', o.submitted_at, 'cancel_requested_by', o.cancel_requested_by,
        'ended_at', o.ended_at, 'reason_code', o.reason_code, 'batch_id', o.batch_id, 'evidence', o.evidence::text,
        'spoilt_by', o.spoilt_by, 'spoilt_at', o.spoilt_at)
    $function$
;

CREATE OR REPLACE FUNCTION public.settle_once()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      if old.outcome is not null or to_jsonb(new) - array['outcome', 'settled_by', 'settled_at'] <> to_jsonb(old) - array['outcome', 'settled_by', 'settled_at'] then
        raise exception 'a pending change is settled once, and never changed' using errcode = 'restrict_violation';
      end if;
      return new;
    end $function$
;

CREATE OR REPLACE FUNCTION public.take_numbers(range_id text, how_many integer)
 RETURNS SETOF text
 LANGUAGE plpgsql
AS $function$
    declare taken record;
    begin
      update number_range set next_number = next_number + how_many
        where id = range_id and next_number + how_many <= power(10::numeric, digits)
        returning prefix, digits, suffix, next_number - how_many as first into taken;
      if not found then
        raise exception 'the number range % has not % numbers left', range_id, how_many
          using errcode = 'check_violation', constraint = 'number_range_exhausted';
      end if;
      return query select taken.prefix || lpad(n::text, taken.digits, '0') || taken.suffix
        from generate_series(taken.first, taken.first + how_many - 1) as n;
    end $function$
;

CREATE OR REPLACE FUNCTION public.wake_listener()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      perform pg_notify(tg_argv[0], '');
      return null;
    end $function$
;

create view provable as
 SELECT 'decision'::text AS kind,
    (d.request_id)::text AS object_id,
    sealed_of(d.*) AS content,
    erasable_of(d.*) AS erasable
   FROM decision d
UNION ALL
 SELECT 'approval'::text AS kind,
    ((a.request_id || ' '::text) || a.task) AS object_id,
    sealed_of(a.*) AS content,
    '{}'::jsonb AS erasable
   FROM decision_approval a
UNION ALL
 SELECT 'production'::text AS kind,
    ((o.card_id || '/'::text) || o.number) AS object_id,
    sealed_of(o.*) AS content,
    erasable_of(o.*) AS erasable
   FROM production_order o
  WHERE (o.ended_at IS NOT NULL);

CREATE TRIGGER audit_append_only BEFORE DELETE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_erased_form BEFORE UPDATE ON public.audit FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasing();
CREATE TRIGGER audit_only_erased BEFORE UPDATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_unless_erasing();
CREATE TRIGGER audit_to_seal AFTER INSERT ON public.audit REFERENCING NEW TABLE AS appended FOR EACH STATEMENT EXECUTE FUNCTION list_unsealed();
CREATE TRIGGER audit_block_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_block FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_fact_append_only BEFORE DELETE OR TRUNCATE ON public.audit_fact FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_fact_only_erased BEFORE UPDATE ON public.audit_fact FOR EACH STATEMENT EXECUTE FUNCTION refuse_unless_erasing();
CREATE TRIGGER audit_fact_to_seal AFTER INSERT ON public.audit_fact REFERENCING NEW TABLE AS appended FOR EACH STATEMENT EXECUTE FUNCTION list_unsealed();
CREATE TRIGGER card_transition BEFORE INSERT OR UPDATE OF state ON public.card FOR EACH ROW EXECUTE FUNCTION refuse_transition('card_transition');
CREATE TRIGGER card_request_accounts_erased BEFORE UPDATE OF erased_at ON public.card_request FOR EACH ROW WHEN ((new.erased_at IS NOT NULL)) EXECUTE FUNCTION forget_holder_accounts();
CREATE TRIGGER card_request_holder_accounts BEFORE INSERT ON public.card_request FOR EACH ROW EXECUTE FUNCTION begin_holder_accounts();
CREATE TRIGGER request_transition BEFORE INSERT OR UPDATE OF state ON public.card_request FOR EACH ROW EXECUTE FUNCTION refuse_transition('request_transition');
CREATE TRIGGER card_snapshot_erased_form BEFORE UPDATE ON public.card_snapshot FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasing();
CREATE TRIGGER card_snapshot_immutable BEFORE DELETE OR TRUNCATE ON public.card_snapshot FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER card_snapshot_only_erased BEFORE UPDATE ON public.card_snapshot FOR EACH STATEMENT EXECUTE FUNCTION refuse_unless_erasing();
CREATE TRIGGER decision_append_only BEFORE DELETE OR TRUNCATE ON public.decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_erased AFTER UPDATE ON public.decision FOR EACH ROW EXECUTE FUNCTION forget_salt();
CREATE TRIGGER decision_erased_form BEFORE UPDATE ON public.decision FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasing();
CREATE TRIGGER decision_fact AFTER INSERT ON public.decision FOR EACH ROW EXECUTE FUNCTION note_fact();
CREATE TRIGGER decision_holder_accounts BEFORE INSERT ON public.decision FOR EACH ROW EXECUTE FUNCTION decided_holder_accounts();
CREATE TRIGGER decision_holder_accounts_erased BEFORE UPDATE ON public.decision FOR EACH ROW EXECUTE FUNCTION erase_decided_accounts();
CREATE TRIGGER decision_only_erased BEFORE UPDATE ON public.decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_unless_erasing();
CREATE TRIGGER decision_approval_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.decision_approval FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_approval_counts BEFORE INSERT ON public.decision_approval FOR EACH ROW EXECUTE FUNCTION refuse_self_approval();
CREATE TRIGGER decision_approval_fact AFTER INSERT ON public.decision_approval FOR EACH ROW EXECUTE FUNCTION note_fact();
CREATE TRIGGER engine_command_wakes AFTER INSERT ON public.engine_command FOR EACH STATEMENT EXECUTE FUNCTION wake_listener('engine_command');
CREATE TRIGGER holder_account_added AFTER UPDATE OF account ON public.holder FOR EACH ROW WHEN ((old.account IS DISTINCT FROM new.account)) EXECUTE FUNCTION add_holder_account();
CREATE TRIGGER layout_version_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.layout_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER mail_erases_secret AFTER UPDATE OF state ON public.mail FOR EACH ROW WHEN (((new.secret_card_id IS NOT NULL) AND (new.state = ANY (ARRAY['sent'::text, 'unknown'::text])))) EXECUTE FUNCTION erase_mailed_secret();
CREATE TRIGGER mail_sent_again_wakes AFTER UPDATE OF sent_again_at ON public.mail FOR EACH STATEMENT EXECUTE FUNCTION wake_listener('mail');
CREATE TRIGGER mail_wakes AFTER INSERT ON public.mail FOR EACH STATEMENT EXECUTE FUNCTION wake_listener('mail');
CREATE TRIGGER pending_change_settled_once BEFORE UPDATE ON public.pending_change FOR EACH ROW EXECUTE FUNCTION settle_once();
CREATE TRIGGER photo_immutable BEFORE UPDATE ON public.photo FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER photo_only_erased BEFORE DELETE OR TRUNCATE ON public.photo FOR EACH STATEMENT EXECUTE FUNCTION refuse_unless_erasing();
CREATE TRIGGER production_erased AFTER UPDATE ON public.production_order FOR EACH ROW WHEN (((new.ended_at IS NOT NULL) AND erasing())) EXECUTE FUNCTION forget_salt();
CREATE TRIGGER production_fact AFTER UPDATE ON public.production_order FOR EACH ROW WHEN (((new.ended_at IS NOT NULL) AND (sealed_of(old.*) IS DISTINCT FROM sealed_of(new.*)))) EXECUTE FUNCTION note_fact();
CREATE TRIGGER production_order_wakes AFTER INSERT OR UPDATE OF cancel_requested_by ON public.production_order FOR EACH STATEMENT EXECUTE FUNCTION wake_listener('production_order');
CREATE TRIGGER production_transition BEFORE INSERT OR UPDATE OF state ON public.production_order FOR EACH ROW EXECUTE FUNCTION refuse_production_transition();
CREATE TRIGGER production_unchanged_after_end BEFORE UPDATE ON public.production_order FOR EACH ROW WHEN ((old.ended_at IS NOT NULL)) EXECUTE FUNCTION refuse_change_of_end();
CREATE TRIGGER secret_letter_wakes AFTER INSERT ON public.secret_letter FOR EACH STATEMENT EXECUTE FUNCTION wake_listener('secret_letter');
CREATE TRIGGER session_notes_sign_in AFTER INSERT ON public.session FOR EACH ROW WHEN ((new.stage = 'open'::text)) EXECUTE FUNCTION note_sign_in();
CREATE TRIGGER use_case_change_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.use_case_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
