-- The first schema. Migrations are added, never edited.

-- The study itself: one row.
CREATE TABLE study (
  id          INTEGER PRIMARY KEY CHECK (id = 1),
  uuid        BLOB NOT NULL,              -- UUIDv7, 16 bytes
  seed        INTEGER NOT NULL,           -- everything random derives from it
  settings    TEXT NOT NULL CHECK (json_valid(settings)), -- how the study is run
  created_at  TEXT NOT NULL               -- RFC 3339, UTC, as all times here
) STRICT;

-- A prompt with its candidates.
CREATE TABLE item (
  id          BLOB PRIMARY KEY,           -- UUIDv7, 16 bytes, as all ids here
  ordinal     INTEGER NOT NULL UNIQUE,    -- place in the study, from 1, in the order of import
  fingerprint BLOB NOT NULL UNIQUE,       -- BLAKE3 over what makes it this item
  external_id TEXT,                       -- the id that the imported data gave it
  modality    TEXT NOT NULL CHECK (modality IN ('text', 'image', 'music')), -- text, image or music
  prompt      TEXT NOT NULL CHECK (json_valid(prompt)), -- JSON: a string, or a list of {role, content}
  prompt_hash BLOB NOT NULL,              -- BLAKE3 of the prompt as plain text
  context     TEXT,                       -- criteria to judge by, shown apart
  tags        TEXT NOT NULL CHECK (json_valid(tags)), -- JSON list of strings
  source      TEXT,                       -- where it came from
  split       TEXT,                       -- data set split
  gold        INTEGER,                    -- attention check: position of the candidate that must win
  metadata    TEXT NOT NULL CHECK (json_valid(metadata)), -- JSON object: whatever else was imported
  imported_at TEXT NOT NULL               -- when
) STRICT;
CREATE INDEX item_external_id ON item (external_id) WHERE external_id IS NOT NULL;

-- One answer among those compared.
CREATE TABLE candidate (
  id           BLOB PRIMARY KEY,          -- what a judgment prefers
  item_id      BLOB NOT NULL REFERENCES item (id),
  position     INTEGER NOT NULL CHECK (position >= 0), -- place in the imported order
  content      TEXT NOT NULL CHECK (json_valid(content)), -- JSON: a string, or a list of {role, content}
  content_hash BLOB NOT NULL,             -- BLAKE3 of the content as plain text
  system       TEXT,                      -- the model that made it; hidden until the judgment
  metadata     TEXT NOT NULL CHECK (json_valid(metadata)), -- JSON object
  UNIQUE (item_id, position)
) STRICT;

-- Who judges: people and AI judges.
CREATE TABLE annotator (
  id         BLOB PRIMARY KEY,            -- who a judgment is by
  kind       TEXT NOT NULL CHECK (kind IN ('human', 'ai')), -- human or ai
  name       TEXT NOT NULL,               -- a person's name is never exported
  scope      TEXT NOT NULL,               -- where the name was given; empty: in this study
  pseudonym  TEXT NOT NULL UNIQUE,        -- what exports say
  profile    TEXT NOT NULL CHECK (json_valid(profile)), -- JSON object: anything else known
  created_at TEXT NOT NULL,               -- when first seen here
  UNIQUE (kind, name, scope)
) STRICT;

-- The order in which an item is shown to an annotator, fixed on first showing.
CREATE TABLE presentation (
  item_id      BLOB NOT NULL REFERENCES item (id),
  annotator_id BLOB NOT NULL REFERENCES annotator (id),
  shown_order  TEXT NOT NULL CHECK (json_valid(shown_order)), -- JSON list of candidate positions, left to right
  order_seed   INTEGER NOT NULL,          -- what chose the order
  swapped      INTEGER CHECK (swapped IN (0, 1)), -- a pair: 1 if not in the imported order
  handed_out_at TEXT NOT NULL,            -- last time it was handed to this annotator
  PRIMARY KEY (item_id, annotator_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX presentation_annotator ON presentation (annotator_id, swapped);
CREATE INDEX presentation_time ON presentation (handed_out_at);

-- What was answered. Append-only: triggers refuse UPDATE and DELETE. All rows of one annotator on
-- one item form a single chain by `supersedes`; its last row counts.
CREATE TABLE judgment (
  seq          INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of commits in this file
  id           BLOB NOT NULL UNIQUE,      -- what `supersedes` names
  item_id      BLOB NOT NULL REFERENCES item (id), -- what was judged
  annotator_id BLOB NOT NULL REFERENCES annotator (id), -- by whom
  origin       TEXT NOT NULL CHECK (origin IN ('annotated', 'imported', 'autolabelled')), -- annotated (here, by a person), imported, or autolabelled (by a reward model)
  outcome      TEXT NOT NULL CHECK (outcome IN ('preferred', 'tie', 'both_bad', 'skipped', 'withdrawn')), -- preferred, tie, both_bad, skipped, or withdrawn (taken back)
  preferred    BLOB REFERENCES candidate (id), -- with outcome 'preferred', and only then
  strength     INTEGER CHECK (strength BETWEEN 0 AND 3), -- 0 negligibly .. 3 very much better; NULL: not given
  confidence   REAL CHECK (confidence BETWEEN 0 AND 1), -- reward model: probability of its answer
  skip_reason  TEXT,                      -- with outcome 'skipped', and only then: unstated, not_qualified, broken, unwanted
  rationale    TEXT,                      -- why, in words
  reason_tags  TEXT NOT NULL CHECK (json_valid(reason_tags)), -- why, from the study's list: JSON list of strings
  shown_order  TEXT CHECK (shown_order IS NULL OR json_valid(shown_order)), -- JSON list of candidate positions, left to right
  order_seed   INTEGER,                   -- what chose the order
  blinded      INTEGER CHECK (blinded IN (0, 1)), -- 1: system names were hidden
  shown_at     TEXT,                      -- when the comparison appeared
  submitted_at TEXT,                      -- NULL: imported without a time
  active_ms    INTEGER CHECK (active_ms >= 0), -- time spent, idle time excluded
  supersedes   BLOB REFERENCES judgment (id), -- the judgment that this one revises
  CHECK ((outcome = 'preferred') = (preferred IS NOT NULL)),
  CHECK ((outcome = 'skipped') = (skip_reason IS NOT NULL)),
  CHECK (strength IS NULL OR outcome = 'preferred')
) STRICT;
CREATE UNIQUE INDEX judgment_supersedes ON judgment (supersedes) WHERE supersedes IS NOT NULL;
CREATE UNIQUE INDEX judgment_chain ON judgment (item_id, annotator_id) WHERE supersedes IS NULL;
CREATE INDEX judgment_item ON judgment (item_id, annotator_id);
CREATE INDEX judgment_annotator ON judgment (annotator_id, seq);
CREATE INDEX judgment_annotated ON judgment (item_id) WHERE origin = 'annotated';
CREATE TRIGGER judgment_keep BEFORE DELETE ON judgment
BEGIN SELECT RAISE(ABORT, 'judgments are never deleted'); END;
CREATE TRIGGER judgment_fixed BEFORE UPDATE ON judgment
BEGIN SELECT RAISE(ABORT, 'judgments are never changed: add a revision'); END;

-- The judgments that count now: last of their chain, and not taken back.
CREATE VIEW live_judgment AS
SELECT * FROM judgment AS j
WHERE j.outcome <> 'withdrawn'
  AND NOT EXISTS (SELECT 1 FROM judgment AS r WHERE r.supersedes = j.id);

-- A reward model, by its exact files.
CREATE TABLE reward_model (
  id                    BLOB PRIMARY KEY, -- its id in this study
  name                  TEXT NOT NULL,    -- the pack's name
  modality              TEXT NOT NULL,    -- what it scores
  pack_hash             BLOB NOT NULL UNIQUE, -- BLAKE3 over encoder and head
  encoder_hash          BLOB NOT NULL,    -- BLAKE3 over the encoder's files
  preprocessing_version INTEGER NOT NULL, -- of the preprocessing done in code
  provider              TEXT NOT NULL,    -- execution provider of the last run, e.g. cpu
  skipped_providers     TEXT NOT NULL CHECK (json_valid(skipped_providers)), -- JSON list of {provider, reason}
  last_used_at          TEXT NOT NULL     -- its last scoring
) STRICT;

-- Embeddings by content, so that nothing is computed twice. Safe to delete: made again when needed.
CREATE TABLE embedding (
  encoder_hash BLOB NOT NULL,             -- BLAKE3 over the encoder's files
  content_hash BLOB NOT NULL,             -- BLAKE3 of the text
  vector       BLOB NOT NULL,             -- 32-bit floats, little-endian
  PRIMARY KEY (encoder_hash, content_hash)
) STRICT, WITHOUT ROWID;

-- What a reward model gives a candidate.
CREATE TABLE reward_score (
  reward_model_id BLOB NOT NULL REFERENCES reward_model (id),
  item_id         BLOB NOT NULL REFERENCES item (id),
  candidate_id    BLOB NOT NULL REFERENCES candidate (id),
  score           REAL NOT NULL,          -- mean of the ensemble, log-odds unit
  PRIMARY KEY (reward_model_id, item_id, candidate_id)
) STRICT, WITHOUT ROWID;

-- What a reward model says of the first two candidates of an item.
CREATE TABLE reward_pair (
  reward_model_id BLOB NOT NULL REFERENCES reward_model (id),
  item_id         BLOB NOT NULL REFERENCES item (id),
  margin          REAL NOT NULL,          -- score of position 0 minus score of position 1, log-odds
  probability     REAL NOT NULL CHECK (probability BETWEEN 0 AND 1), -- that position 0 is preferred
  spread          REAL NOT NULL CHECK (spread >= 0), -- standard deviation over the ensemble
  scored_at       TEXT NOT NULL,          -- when
  PRIMARY KEY (reward_model_id, item_id)
) STRICT, WITHOUT ROWID;

-- One run of a routing policy. The last one counts.
CREATE TABLE policy_run (
  seq             INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of runs
  id              BLOB NOT NULL UNIQUE,   -- what routes name
  policy          TEXT NOT NULL,          -- the policy's name
  budget          TEXT NOT NULL,          -- as asked for: 25% or 500
  seed            INTEGER NOT NULL,       -- for everything random in the run
  reward_model_id BLOB REFERENCES reward_model (id), -- whose scores were used
  parameters      TEXT NOT NULL CHECK (json_valid(parameters)), -- JSON object: settings and fit
  ran_at          TEXT NOT NULL           -- when
) STRICT;

-- Who labels an item: exactly one side per item and run.
CREATE TABLE route (
  policy_run_id  BLOB NOT NULL REFERENCES policy_run (id),
  item_id        BLOB NOT NULL REFERENCES item (id),
  side           TEXT NOT NULL CHECK (side IN ('human', 'ai')), -- human or ai
  rank           INTEGER NOT NULL,        -- place in the queue of its side, from 0
  predicted_gain REAL,                    -- unit as the policy documents; NULL: unknown
  reason         TEXT NOT NULL,           -- why, in words
  PRIMARY KEY (policy_run_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX route_queue ON route (policy_run_id, side, rank);
