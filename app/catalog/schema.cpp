#include "app/catalog/schema.h"

namespace ty::catalog {

namespace {

// SCHEMA.md says what each table and column means; keep the two together.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE projects(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  created TEXT NOT NULL);
INSERT INTO projects(id, name, created) VALUES(1, 'Default', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));

CREATE TABLE datasets(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  path TEXT NOT NULL,
  kind TEXT NOT NULL DEFAULT '',
  format TEXT NOT NULL DEFAULT '',
  task TEXT NOT NULL DEFAULT '',
  target TEXT NOT NULL DEFAULT '',
  samples INTEGER NOT NULL DEFAULT 0,
  classes INTEGER NOT NULL DEFAULT 0,
  shape TEXT NOT NULL DEFAULT '',
  bytes INTEGER NOT NULL DEFAULT 0,
  problems INTEGER NOT NULL DEFAULT 0,
  fingerprint TEXT NOT NULL DEFAULT '',
  starred INTEGER NOT NULL DEFAULT 0,
  created TEXT NOT NULL,
  info TEXT NOT NULL DEFAULT 'null',
  choices TEXT NOT NULL DEFAULT 'null',
  deleted TEXT);
CREATE INDEX datasets_by_path ON datasets(path, version);

CREATE TABLE runs(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL DEFAULT 1 REFERENCES projects(id),
  dataset_id INTEGER REFERENCES datasets(id) ON DELETE SET NULL,
  name TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  folder TEXT NOT NULL UNIQUE,
  dataset TEXT NOT NULL DEFAULT '',
  task TEXT NOT NULL DEFAULT '',
  learner TEXT NOT NULL DEFAULT '',
  preset TEXT NOT NULL DEFAULT '',
  device TEXT NOT NULL DEFAULT '',
  host TEXT NOT NULL DEFAULT '',
  seed INTEGER NOT NULL DEFAULT 0,
  metric TEXT NOT NULL DEFAULT '',
  best REAL,
  last REAL,
  gap REAL,
  best_epoch INTEGER NOT NULL DEFAULT 0,
  epochs_done INTEGER NOT NULL DEFAULT 0,
  epochs_planned INTEGER NOT NULL DEFAULT 0,
  parameters INTEGER NOT NULL DEFAULT 0,
  seconds REAL NOT NULL DEFAULT 0,
  eta_seconds REAL,
  queue_seconds REAL NOT NULL DEFAULT 0,
  cost_usd REAL NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  starred INTEGER NOT NULL DEFAULT 0,
  checkpoints INTEGER NOT NULL DEFAULT 0,
  has_model INTEGER NOT NULL DEFAULT 0,
  tags TEXT NOT NULL DEFAULT '',
  notes TEXT NOT NULL DEFAULT '',
  created TEXT NOT NULL,
  started TEXT NOT NULL DEFAULT '',
  ended TEXT NOT NULL DEFAULT '',
  outcome TEXT NOT NULL DEFAULT '',
  error_kind TEXT NOT NULL DEFAULT '',
  error_message TEXT NOT NULL DEFAULT '',
  error_advice TEXT NOT NULL DEFAULT '',
  pid INTEGER NOT NULL DEFAULT 0,
  last_seq INTEGER NOT NULL DEFAULT 0,
  spec TEXT NOT NULL DEFAULT 'null',
  deleted TEXT);
CREATE INDEX runs_by_dataset ON runs(dataset_id);
CREATE INDEX runs_by_state ON runs(state);

CREATE TABLE run_settings(
  run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY(run_id, name)) WITHOUT ROWID;
CREATE INDEX run_settings_by_name ON run_settings(name);

CREATE TABLE metrics(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  points INTEGER NOT NULL DEFAULT 0,
  minimum REAL,
  maximum REAL,
  last REAL,
  UNIQUE(run_id, name));
CREATE INDEX metrics_by_name ON metrics(name);

CREATE TABLE points(
  metric_id INTEGER NOT NULL REFERENCES metrics(id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  session INTEGER NOT NULL,
  step REAL,
  epoch REAL,
  elapsed REAL,
  wall REAL,
  value REAL,
  PRIMARY KEY(metric_id, seq)) WITHOUT ROWID;

CREATE TABLE marks(
  run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  step REAL,
  epoch REAL,
  elapsed REAL,
  wall REAL,
  fields TEXT NOT NULL DEFAULT '{}',
  PRIMARY KEY(run_id, seq)) WITHOUT ROWID;

CREATE TABLE models(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  run_id INTEGER REFERENCES runs(id) ON DELETE SET NULL,
  folder TEXT NOT NULL,
  format TEXT NOT NULL DEFAULT 'trainyard',
  learner TEXT NOT NULL DEFAULT '',
  task TEXT NOT NULL DEFAULT '',
  input TEXT NOT NULL DEFAULT '',
  output TEXT NOT NULL DEFAULT '',
  parameters INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  metric TEXT NOT NULL DEFAULT '',
  best REAL,
  latency_ms REAL,
  checked INTEGER NOT NULL DEFAULT 0,
  starred INTEGER NOT NULL DEFAULT 0,
  created TEXT NOT NULL,
  deleted TEXT);
CREATE INDEX models_by_run ON models(run_id);
CREATE INDEX models_by_folder ON models(folder);

CREATE TABLE artifacts(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER REFERENCES runs(id) ON DELETE CASCADE,
  model_id INTEGER REFERENCES models(id) ON DELETE SET NULL,
  kind TEXT NOT NULL,
  path TEXT NOT NULL,
  bytes INTEGER NOT NULL DEFAULT 0,
  details TEXT NOT NULL DEFAULT 'null',
  created TEXT NOT NULL);
CREATE INDEX artifacts_by_run ON artifacts(run_id);
CREATE INDEX artifacts_by_model ON artifacts(model_id);

CREATE TABLE settings(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE views(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  page TEXT NOT NULL,
  name TEXT NOT NULL,
  view TEXT NOT NULL,
  deleted TEXT);
CREATE UNIQUE INDEX views_by_name ON views(page, name) WHERE deleted IS NULL;

CREATE TABLE trash(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  item_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  bytes INTEGER NOT NULL DEFAULT 0,
  deleted TEXT NOT NULL,
  expires TEXT NOT NULL,
  UNIQUE(kind, item_id));

CREATE TABLE datastores(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  uri TEXT NOT NULL,
  details TEXT NOT NULL DEFAULT '{}',
  created TEXT NOT NULL);

CREATE TABLE machines(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  cloud TEXT NOT NULL,
  state TEXT NOT NULL,
  size TEXT NOT NULL DEFAULT '',
  region TEXT NOT NULL DEFAULT '',
  address TEXT NOT NULL DEFAULT '',
  usd_per_hour REAL,
  auto_stop_minutes INTEGER,
  owner TEXT NOT NULL DEFAULT '',
  details TEXT NOT NULL DEFAULT '{}',
  created TEXT NOT NULL);

CREATE TABLE operations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  state TEXT NOT NULL,
  stage TEXT NOT NULL DEFAULT '',
  progress REAL,
  remote_id TEXT NOT NULL DEFAULT '',
  request TEXT NOT NULL DEFAULT '{}',
  error TEXT NOT NULL DEFAULT '',
  started TEXT NOT NULL,
  ended TEXT NOT NULL DEFAULT '');
CREATE INDEX operations_by_state ON operations(state);

CREATE TABLE queue(
  run_id INTEGER PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  position REAL NOT NULL,
  target TEXT NOT NULL DEFAULT 'local',
  priority INTEGER NOT NULL DEFAULT 0,
  held INTEGER NOT NULL DEFAULT 0,
  why TEXT NOT NULL DEFAULT '',
  queued TEXT NOT NULL);
)sql";

// A run may begin with the weights of another.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE runs ADD COLUMN parent_id INTEGER REFERENCES runs(id) ON DELETE SET NULL;
ALTER TABLE runs ADD COLUMN parent_epoch INTEGER NOT NULL DEFAULT 0;
)sql";

// Long curves are first drawn from a few of their points. Filled by growOverview().
constexpr const char* kVersion3 = R"sql(
ALTER TABLE metrics ADD COLUMN overviewed INTEGER NOT NULL DEFAULT 0;
CREATE TABLE overviews(
  metric_id INTEGER NOT NULL REFERENCES metrics(id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  points BLOB NOT NULL,
  PRIMARY KEY(metric_id, seq)) WITHOUT ROWID;
)sql";

// The provisioning journal knows which way an operation goes and how far it came.
constexpr const char* kVersion4 = R"sql(
ALTER TABLE operations ADD COLUMN direction TEXT NOT NULL DEFAULT 'forward';
ALTER TABLE operations ADD COLUMN step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operations ADD COLUMN steps INTEGER NOT NULL DEFAULT 0;
)sql";

// Copies between stores go on after a crash where each file's blocks say.
constexpr const char* kVersion5 = R"sql(
CREATE TABLE transfers(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL,
  target TEXT NOT NULL,
  state TEXT NOT NULL,
  overwrite TEXT NOT NULL DEFAULT 'no',
  listed INTEGER NOT NULL DEFAULT 0,
  files INTEGER NOT NULL DEFAULT 0,
  files_done INTEGER NOT NULL DEFAULT 0,
  files_failed INTEGER NOT NULL DEFAULT 0,
  files_skipped INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  bytes_done INTEGER NOT NULL DEFAULT 0,
  seconds REAL NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  started TEXT NOT NULL,
  ended TEXT NOT NULL DEFAULT '');
CREATE INDEX transfers_by_state ON transfers(state);

CREATE TABLE transfer_items(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  transfer_id INTEGER NOT NULL REFERENCES transfers(id) ON DELETE CASCADE,
  source TEXT NOT NULL,
  target TEXT NOT NULL,
  bytes INTEGER NOT NULL DEFAULT 0,
  etag TEXT NOT NULL DEFAULT '',
  md5 TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,
  block_bytes INTEGER NOT NULL DEFAULT 0,
  token TEXT NOT NULL DEFAULT '',
  blocks BLOB NOT NULL DEFAULT x'',
  checked TEXT NOT NULL DEFAULT '',
  error TEXT NOT NULL DEFAULT '',
  UNIQUE(transfer_id, target));
CREATE INDEX transfer_items_by_state ON transfer_items(transfer_id, state, id);
)sql";

// What machines cost, counted from states that their clouds confirmed.
constexpr const char* kVersion6 = R"sql(
CREATE TABLE charges(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  machine TEXT NOT NULL,
  mark TEXT NOT NULL,
  state TEXT NOT NULL,
  is_on INTEGER NOT NULL,
  per_hour REAL NOT NULL,
  is_partial INTEGER NOT NULL,
  currency TEXT NOT NULL,
  since TEXT NOT NULL,
  until TEXT NOT NULL,
  is_over INTEGER NOT NULL DEFAULT 0);
CREATE INDEX charges_by_until ON charges(until);
CREATE INDEX charges_now ON charges(is_over, account);
)sql";

// A hunt for GPUs outlives its program; what cannot be had somewhere is remembered for a while.
constexpr const char* kVersion7 = R"sql(
ALTER TABLE operations ADD COLUMN finding TEXT NOT NULL DEFAULT '';
CREATE TABLE chases(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  state TEXT NOT NULL,
  request TEXT NOT NULL,
  places TEXT NOT NULL DEFAULT '[]',
  started TEXT NOT NULL,
  ended TEXT NOT NULL DEFAULT '');
CREATE TABLE blocks(
  account TEXT NOT NULL,
  place TEXT NOT NULL,
  verdict TEXT NOT NULL,
  reason TEXT NOT NULL,
  until TEXT NOT NULL,
  PRIMARY KEY(account, place)) WITHOUT ROWID;
)sql";

constexpr Migration kMigrations[] = {{1, kVersion1}, {2, kVersion2}, {3, kVersion3}, {4, kVersion4}, {5, kVersion5}, {6, kVersion6},
                                      {7, kVersion7}};

} // namespace

std::span<const Migration> catalogMigrations()
{
    return kMigrations;
}

} // namespace ty::catalog
