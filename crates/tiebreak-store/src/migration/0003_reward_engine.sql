-- Reward models of every kind and modality, heads trained on this study, and how good they are.

ALTER TABLE reward_model ADD COLUMN kind TEXT NOT NULL DEFAULT 'encoder' CHECK (kind IN ('encoder', 'pointwise', 'pairwise')); -- how it comes to a preference: encoder (with a head), pointwise or pairwise
ALTER TABLE reward_model ADD COLUMN temperature REAL NOT NULL DEFAULT 1 CHECK (temperature > 0); -- what margins are divided by to be log-odds: fitted on people's labels, 1 before; a head has its own in its weights
ALTER TABLE reward_model ADD COLUMN in_force_since TEXT; -- when a scoring run was first complete after another model's; the latest of a modality counts; NULL: no run was complete
UPDATE reward_model SET in_force_since = last_used_at;
ALTER TABLE reward_pair ADD COLUMN tie REAL CHECK (tie BETWEEN 0 AND 1); -- probability of a tie; NULL: the model does not know ties
ALTER TABLE reward_pair ADD COLUMN order_matters INTEGER CHECK (order_matters IN (0, 1)); -- 1: the preferred one changes with the order in which the two are read; NULL: the model reads one at a time
CREATE INDEX reward_pair_item ON reward_pair (item_id);

-- An item that a reward model could not score. It is tried again in the next run.
CREATE TABLE reward_problem (
  reward_model_id BLOB NOT NULL REFERENCES reward_model (id), -- the model
  item_id         BLOB NOT NULL REFERENCES item (id), -- the item
  reason          TEXT NOT NULL,          -- why, in words
  PRIMARY KEY (reward_model_id, item_id)
) STRICT, WITHOUT ROWID;

-- One run of scoring. A row grows with each batch, in the transaction of the batch's scores.
CREATE TABLE scoring_run (
  seq             INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of runs
  reward_model_id BLOB NOT NULL REFERENCES reward_model (id), -- the model
  started_at      TEXT NOT NULL,          -- when
  ended_at        TEXT,                   -- when; NULL: it was broken off, or is under way
  items           INTEGER NOT NULL,       -- items scored
  candidates      INTEGER NOT NULL,       -- their candidates
  inputs          INTEGER NOT NULL,       -- texts, images or patches of clips that went through the model
  tokens          INTEGER NOT NULL,       -- tokens in them, without padding
  seconds         REAL NOT NULL,          -- how long it took
  busy_s          REAL NOT NULL,          -- of this, spent inside ONNX Runtime, added up over sessions
  sessions        INTEGER NOT NULL,       -- sessions side by side
  provider        TEXT NOT NULL,          -- the execution provider at its end
  skipped         TEXT NOT NULL CHECK (json_valid(skipped)) -- JSON list of {provider, reason}: those that did not run, or failed on the way
) STRICT;
CREATE INDEX scoring_run_model ON scoring_run (reward_model_id, seq);

-- A head trained on the labels of this study. The last one in use of an encoder scores.
CREATE TABLE trained_head (
  seq               INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of trainings
  modality          TEXT NOT NULL CHECK (modality IN ('text', 'image', 'music')), -- what it scores
  encoder_hash      BLOB NOT NULL,        -- the encoder that it was trained on
  pack_hash         BLOB NOT NULL,        -- the model that both make: reward_model.pack_hash
  objective         TEXT NOT NULL,        -- what it learnt: overall, or the id of an aspect
  cause             TEXT NOT NULL CHECK (cause IN ('asked', 'background')), -- why it was trained: asked for, or in the background after new labels
  in_use            INTEGER NOT NULL CHECK (in_use IN (0, 1)), -- 0: kept as a record; what was there before was better
  head              TEXT CHECK (head IS NULL OR json_valid(head)), -- JSON: the weights of each member, the features, the tie model; NULL: dropped, a later head is in use
  card              TEXT NOT NULL CHECK (json_valid(card)), -- JSON object: data, fit and held-out quality
  last_judgment     INTEGER NOT NULL,     -- greatest judgment.seq when its labels were read: later ones are new to it
  labels            INTEGER NOT NULL,     -- judgments that it learnt from
  pairs             INTEGER NOT NULL,     -- pairs that it learnt from
  accuracy          REAL NOT NULL,        -- cross-validated: share of clear pairs that it gets right
  accuracy_low      REAL NOT NULL,        -- lower end of the 95 % interval
  accuracy_high     REAL NOT NULL,        -- upper end
  accuracy_n        INTEGER NOT NULL,     -- clear pairs
  length_only       REAL,                 -- accuracy of a model that sees nothing but the length; NULL: no texts
  brier             REAL NOT NULL,        -- cross-validated Brier score
  calibration_error REAL NOT NULL,        -- cross-validated expected calibration error
  seconds           REAL NOT NULL,        -- how long training took
  trained_at        TEXT NOT NULL         -- when
) STRICT;
CREATE INDEX trained_head_encoder ON trained_head (encoder_hash, objective, seq);

-- How good a reward model is by people's labels, as it was measured at a time.
CREATE TABLE reward_quality (
  seq             INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of measurements
  reward_model_id BLOB NOT NULL REFERENCES reward_model (id), -- the model
  measured_at     TEXT NOT NULL,          -- when
  report          TEXT NOT NULL CHECK (json_valid(report)) -- JSON object: accuracy, calibration, slices
) STRICT;
CREATE INDEX reward_quality_model ON reward_quality (reward_model_id, seq);

-- The reward models whose scores a run of a routing policy used: one a modality.
CREATE TABLE policy_run_model (
  policy_run_id   BLOB NOT NULL REFERENCES policy_run (id), -- the run
  reward_model_id BLOB NOT NULL REFERENCES reward_model (id), -- the model
  PRIMARY KEY (policy_run_id, reward_model_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX policy_run_model_model ON policy_run_model (reward_model_id);
INSERT INTO policy_run_model (policy_run_id, reward_model_id)
SELECT id, reward_model_id FROM policy_run WHERE reward_model_id IS NOT NULL;
