-- Rankings, what a judgment says beside its outcome, media files, items that follow others, and
-- tallies that keep handing out as fast in a large study as in a small one.

ALTER TABLE item ADD COLUMN follows TEXT; -- external id, in the same source, of the item that an annotator must have answered before
CREATE INDEX item_follows ON item (follows, source) WHERE follows IS NOT NULL;
CREATE INDEX item_modality ON item (modality);
CREATE INDEX item_following ON item (id, follows, source) WHERE follows IS NOT NULL;

-- The table is made anew because its list of outcomes grows.
DROP VIEW live_judgment;
ALTER TABLE judgment RENAME TO judgment_0001;

-- What was answered. Append-only: triggers refuse UPDATE and DELETE. All rows of one annotator on
-- one item form a single chain by `supersedes`; its last row counts.
CREATE TABLE judgment (
  seq          INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of commits in this file
  id           BLOB NOT NULL UNIQUE,      -- what `supersedes` names
  item_id      BLOB NOT NULL REFERENCES item (id), -- what was judged
  annotator_id BLOB NOT NULL REFERENCES annotator (id), -- by whom
  origin       TEXT NOT NULL CHECK (origin IN ('annotated', 'imported', 'autolabelled')), -- annotated (here, by a person), imported, or autolabelled (by a reward model)
  outcome      TEXT NOT NULL CHECK (outcome IN ('preferred', 'ranked', 'tie', 'both_bad', 'skipped', 'withdrawn')), -- preferred, ranked (see ranking), tie, both_bad, skipped, or withdrawn (taken back)
  preferred    BLOB REFERENCES candidate (id), -- with outcome 'preferred', and only then
  strength     INTEGER CHECK (strength BETWEEN 0 AND 3), -- 0 negligibly .. 3 very much better; NULL: not given
  confidence   REAL CHECK (confidence BETWEEN 0 AND 1), -- how sure; reward model: probability of its answer
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
INSERT INTO judgment (seq, id, item_id, annotator_id, origin, outcome, preferred, strength,
  confidence, skip_reason, rationale, reason_tags, shown_order, order_seed, blinded, shown_at,
  submitted_at, active_ms, supersedes)
SELECT seq, id, item_id, annotator_id, origin, outcome, preferred, strength, confidence,
  skip_reason, rationale, reason_tags, shown_order, order_seed, blinded, shown_at, submitted_at,
  active_ms, supersedes
FROM judgment_0001 ORDER BY seq;
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'judgment_0001')
WHERE name = 'judgment';
DROP TABLE judgment_0001;
CREATE UNIQUE INDEX judgment_supersedes ON judgment (supersedes) WHERE supersedes IS NOT NULL;
CREATE UNIQUE INDEX judgment_chain ON judgment (item_id, annotator_id) WHERE supersedes IS NULL;
CREATE INDEX judgment_item ON judgment (item_id, annotator_id);
CREATE INDEX judgment_annotator ON judgment (annotator_id, seq);
CREATE INDEX judgment_annotated ON judgment (item_id) WHERE origin = 'annotated';
CREATE INDEX judgment_withdrawn ON judgment (annotator_id, seq) WHERE outcome = 'withdrawn';
CREATE TRIGGER judgment_keep BEFORE DELETE ON judgment
BEGIN SELECT RAISE(ABORT, 'judgments are never deleted'); END;
CREATE TRIGGER judgment_fixed BEFORE UPDATE ON judgment
BEGIN SELECT RAISE(ABORT, 'judgments are never changed: add a revision'); END;

-- The judgments that count now: last of their chain, and not taken back.
CREATE VIEW live_judgment AS
SELECT * FROM judgment AS j
WHERE j.outcome <> 'withdrawn'
  AND NOT EXISTS (SELECT 1 FROM judgment AS r WHERE r.supersedes = j.id);

-- The order of the candidates in a judgment with outcome 'ranked'. Candidates of one tier are
-- tied; candidates that are absent were left unranked. Append-only, as all that belongs to a
-- judgment.
CREATE TABLE ranking (
  judgment_seq INTEGER NOT NULL REFERENCES judgment (seq), -- the judgment
  place        INTEGER NOT NULL,          -- from 0, the best first; among the tied without meaning
  candidate_id BLOB NOT NULL REFERENCES candidate (id), -- who is at this place
  tier         INTEGER NOT NULL CHECK (tier >= 0), -- 0 is the best tier
  PRIMARY KEY (judgment_seq, place),
  UNIQUE (judgment_seq, candidate_id)
) STRICT, WITHOUT ROWID;

-- An answer on one aspect of the study.
CREATE TABLE aspect_judgment (
  judgment_seq INTEGER NOT NULL REFERENCES judgment (seq), -- the judgment
  place        INTEGER NOT NULL,          -- the order in which aspects were given
  aspect       TEXT NOT NULL,             -- the aspect's id in the settings
  answer       TEXT NOT NULL CHECK (answer IN ('preferred', 'tie', 'ratings')), -- preferred, tie, or ratings (see aspect_rating)
  preferred    BLOB REFERENCES candidate (id), -- with answer 'preferred', and only then
  reason_tags  TEXT NOT NULL CHECK (json_valid(reason_tags)), -- why, from the aspect's list: JSON list of strings
  PRIMARY KEY (judgment_seq, place),
  UNIQUE (judgment_seq, aspect),
  CHECK ((answer = 'preferred') = (preferred IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- The rating of one candidate on one aspect.
CREATE TABLE aspect_rating (
  judgment_seq INTEGER NOT NULL REFERENCES judgment (seq), -- the judgment
  aspect       TEXT NOT NULL,             -- the aspect's id in the settings
  place        INTEGER NOT NULL,          -- the order in which candidates were rated
  candidate_id BLOB NOT NULL REFERENCES candidate (id), -- who is rated
  rating       INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5), -- 1 worst .. 5 best
  PRIMARY KEY (judgment_seq, aspect, place),
  UNIQUE (judgment_seq, aspect, candidate_id)
) STRICT, WITHOUT ROWID;

-- A passage of a text candidate marked as good or bad.
CREATE TABLE span_highlight (
  judgment_seq INTEGER NOT NULL REFERENCES judgment (seq), -- the judgment
  place        INTEGER NOT NULL,          -- the order in which passages were marked
  candidate_id BLOB NOT NULL REFERENCES candidate (id), -- whose text
  turn         INTEGER NOT NULL CHECK (turn >= 0), -- which of its turns, from 0
  start_char   INTEGER NOT NULL CHECK (start_char >= 0), -- first character, from 0, in Unicode scalar values of the turn's text as imported
  end_char     INTEGER NOT NULL,          -- one past the last character
  good         INTEGER NOT NULL CHECK (good IN (0, 1)), -- 1 good, 0 bad
  reason       TEXT,                      -- why, in words
  PRIMARY KEY (judgment_seq, place),
  CHECK (start_char < end_char)
) STRICT, WITHOUT ROWID;

-- The first wrong step of a candidate that reasons step by step.
CREATE TABLE step_mark (
  judgment_seq INTEGER NOT NULL REFERENCES judgment (seq), -- the judgment
  place        INTEGER NOT NULL,          -- the order in which candidates were marked
  candidate_id BLOB NOT NULL REFERENCES candidate (id), -- whose steps
  first_wrong  INTEGER CHECK (first_wrong >= 0), -- from 0; NULL: every step is right
  PRIMARY KEY (judgment_seq, place),
  UNIQUE (judgment_seq, candidate_id)
) STRICT, WITHOUT ROWID;

-- A stretch of a clip that was heard.
CREATE TABLE listen_span (
  judgment_seq INTEGER NOT NULL REFERENCES judgment (seq), -- the judgment
  place        INTEGER NOT NULL,          -- the order of listening
  candidate_id BLOB NOT NULL REFERENCES candidate (id), -- which clip
  from_ms      INTEGER NOT NULL CHECK (from_ms >= 0), -- where in the clip it began
  to_ms        INTEGER NOT NULL,          -- where in the clip it ended
  heard_at     TEXT NOT NULL,             -- when it began to sound
  PRIMARY KEY (judgment_seq, place),
  CHECK (from_ms <= to_ms)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ranking_keep BEFORE DELETE ON ranking
BEGIN SELECT RAISE(ABORT, 'judgments are never deleted'); END;
CREATE TRIGGER ranking_fixed BEFORE UPDATE ON ranking
BEGIN SELECT RAISE(ABORT, 'judgments are never changed: add a revision'); END;
CREATE TRIGGER aspect_judgment_keep BEFORE DELETE ON aspect_judgment
BEGIN SELECT RAISE(ABORT, 'judgments are never deleted'); END;
CREATE TRIGGER aspect_judgment_fixed BEFORE UPDATE ON aspect_judgment
BEGIN SELECT RAISE(ABORT, 'judgments are never changed: add a revision'); END;
CREATE TRIGGER aspect_rating_keep BEFORE DELETE ON aspect_rating
BEGIN SELECT RAISE(ABORT, 'judgments are never deleted'); END;
CREATE TRIGGER aspect_rating_fixed BEFORE UPDATE ON aspect_rating
BEGIN SELECT RAISE(ABORT, 'judgments are never changed: add a revision'); END;
CREATE TRIGGER span_highlight_keep BEFORE DELETE ON span_highlight
BEGIN SELECT RAISE(ABORT, 'judgments are never deleted'); END;
CREATE TRIGGER span_highlight_fixed BEFORE UPDATE ON span_highlight
BEGIN SELECT RAISE(ABORT, 'judgments are never changed: add a revision'); END;
CREATE TRIGGER step_mark_keep BEFORE DELETE ON step_mark
BEGIN SELECT RAISE(ABORT, 'judgments are never deleted'); END;
CREATE TRIGGER step_mark_fixed BEFORE UPDATE ON step_mark
BEGIN SELECT RAISE(ABORT, 'judgments are never changed: add a revision'); END;
CREATE TRIGGER listen_span_keep BEFORE DELETE ON listen_span
BEGIN SELECT RAISE(ABORT, 'judgments are never deleted'); END;
CREATE TRIGGER listen_span_fixed BEFORE UPDATE ON listen_span
BEGIN SELECT RAISE(ABORT, 'judgments are never changed: add a revision'); END;

-- An image or clip that candidates name by its hash. What was measured never changes; only where
-- the file lies may.
CREATE TABLE media (
  hash           BLOB PRIMARY KEY,        -- BLAKE3 of the file's bytes
  kind           TEXT NOT NULL CHECK (kind IN ('image', 'audio')), -- image or audio
  format         TEXT NOT NULL,           -- for example jpeg or flac
  bytes          INTEGER NOT NULL CHECK (bytes >= 0), -- size of the file
  width          INTEGER CHECK (width > 0), -- image: pixels as shown, after the orientation that the file states
  height         INTEGER CHECK (height > 0), -- image: pixels as shown
  frames         INTEGER CHECK (frames > 0), -- image: number of frames
  animated       INTEGER NOT NULL CHECK (animated IN (0, 1)), -- 1: an image that moves
  duration_s     REAL CHECK (duration_s >= 0), -- audio: seconds
  sample_rate    INTEGER CHECK (sample_rate > 0), -- audio: hertz
  channels       INTEGER CHECK (channels > 0), -- audio: 1 is mono, 2 is stereo
  loudness_lufs  REAL,                    -- audio: integrated loudness by EBU R128; NULL: silence
  true_peak_dbtp REAL,                    -- audio: true peak; NULL: silence
  file_name      TEXT NOT NULL,           -- its name in NAME.media/: HASH.EXT
  linked_path    TEXT,                    -- where a linked file lies; NULL: it was copied into NAME.media/
  added_at       TEXT NOT NULL,           -- when
  peaks          BLOB                     -- audio: what the waveform is drawn from
) STRICT;
CREATE TRIGGER media_keep BEFORE DELETE ON media
BEGIN SELECT RAISE(ABORT, 'media are never deleted'); END;
CREATE TRIGGER media_fixed BEFORE UPDATE OF hash, kind, format, bytes, width, height, frames,
  animated, duration_s, sample_rate, channels, loudness_lufs, true_peak_dbtp, added_at, peaks
  ON media
BEGIN SELECT RAISE(ABORT, 'what was measured of a media file is never changed'); END;

-- What is asked for after every judgment and would take long to count. Kept by triggers in the
-- transaction of what it counts.
CREATE TABLE annotator_tally (
  annotator_id BLOB PRIMARY KEY REFERENCES annotator (id), -- of whom
  annotated    INTEGER NOT NULL,          -- live judgments given here, skips included
  side_lead    INTEGER NOT NULL           -- pairs shown in the imported order less those shown swapped
) STRICT, WITHOUT ROWID;
INSERT INTO annotator_tally (annotator_id, annotated, side_lead)
SELECT a.id,
  (SELECT count(*) FROM live_judgment AS j WHERE j.annotator_id = a.id AND j.origin = 'annotated'),
  (SELECT coalesce(sum(1 - 2 * p.swapped), 0) FROM presentation AS p
    WHERE p.annotator_id = a.id AND p.swapped IS NOT NULL)
FROM annotator AS a;
CREATE TRIGGER judgment_counted AFTER INSERT ON judgment
WHEN NEW.origin = 'annotated' OR NEW.supersedes IS NOT NULL
BEGIN
  INSERT INTO annotator_tally (annotator_id, annotated, side_lead)
  VALUES (NEW.annotator_id, (NEW.origin = 'annotated' AND NEW.outcome <> 'withdrawn')
    - coalesce((SELECT b.origin = 'annotated' AND b.outcome <> 'withdrawn'
        FROM judgment AS b WHERE b.id = NEW.supersedes), 0), 0)
  ON CONFLICT DO UPDATE SET annotated = annotated + excluded.annotated;
END;
CREATE TRIGGER presentation_counted AFTER INSERT ON presentation
WHEN NEW.swapped IS NOT NULL
BEGIN
  INSERT INTO annotator_tally (annotator_id, annotated, side_lead)
  VALUES (NEW.annotator_id, 0, 1 - 2 * NEW.swapped)
  ON CONFLICT DO UPDATE SET side_lead = side_lead + excluded.side_lead;
END;
