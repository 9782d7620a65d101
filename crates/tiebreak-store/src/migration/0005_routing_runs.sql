-- The live loop of routing: runs that come into force only when they are whole, the random sample
-- that people label whatever a policy says, and budget curves.

ALTER TABLE policy_run ADD COLUMN complete INTEGER NOT NULL DEFAULT 1 CHECK (complete IN (0, 1)); -- 0: its routes are being written, or were broken off; it does not count
ALTER TABLE policy_run ADD COLUMN cause TEXT NOT NULL DEFAULT 'asked' CHECK (cause IN ('asked', 'background')); -- why: somebody asked, or new labels came in; a later run drops the routes of a background run, the row stays
ALTER TABLE policy_run ADD COLUMN ai TEXT NOT NULL DEFAULT 'reward'; -- who labels the AI's share: reward, or the name of an imported judge
ALTER TABLE policy_run ADD COLUMN used TEXT NOT NULL DEFAULT ''; -- the policy that was taken, where the one asked for leaves the choice open
ALTER TABLE policy_run ADD COLUMN last_judgment INTEGER; -- greatest judgment.seq when it was fitted: later labels are new to it; NULL: not known
UPDATE policy_run SET used = policy;
ALTER TABLE route ADD COLUMN purpose TEXT NOT NULL DEFAULT 'policy' CHECK (purpose IN ('policy', 'pilot', 'audit', 'people-only')); -- why it is for people: the policy chose it, it was drawn for the pilot or the audit, or the AI cannot label it

-- Items drawn at random for people. An item that was drawn once stays with people in every later
-- run, so that estimates over the whole study stay unbiased.
CREATE TABLE random_sample (
  item_id     BLOB PRIMARY KEY REFERENCES item (id), -- the item
  purpose     TEXT NOT NULL CHECK (purpose IN ('pilot', 'audit')), -- pilot or audit
  stratum     TEXT NOT NULL,              -- the part of the study that it was drawn from; empty: the whole
  probability REAL NOT NULL CHECK (probability > 0 AND probability <= 1), -- how likely each item of the stratum that had not been drawn was to be drawn then
  seed        INTEGER NOT NULL,           -- for the draw
  drawn_at    TEXT NOT NULL               -- when
) STRICT, WITHOUT ROWID;
CREATE TRIGGER random_sample_keep BEFORE DELETE ON random_sample
BEGIN SELECT RAISE(ABORT, 'what was drawn stays drawn'); END;
CREATE TRIGGER random_sample_fixed BEFORE UPDATE ON random_sample
BEGIN SELECT RAISE(ABORT, 'what was drawn stays as it was drawn'); END;

-- What each policy buys for each budget, as it was computed at a time.
CREATE TABLE budget_curve (
  seq           INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of computations
  computed_at   TEXT NOT NULL,            -- when
  ai            TEXT NOT NULL,            -- who labels the AI's share in it: reward, or the name of an imported judge
  last_judgment INTEGER NOT NULL,         -- greatest judgment.seq then: later labels are new to it
  report        TEXT NOT NULL CHECK (json_valid(report)) -- JSON object: a curve for each policy
) STRICT;
