-- Tags of items, for routing: what an item is like, in indicators that are on or off.

-- A way of tagging the study. The last one whose percentiles are known is in force.
CREATE TABLE tagging (
  seq             INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of taggings
  created_at      TEXT NOT NULL,          -- when it began
  encoder_hash    BLOB,                   -- the encoder of texts behind it; NULL: none, and no tag needs one
  media_encoders  TEXT NOT NULL CHECK (json_valid(media_encoders)), -- JSON object: the hash of the encoder of each other modality, in hexadecimal
  settings_hash   BLOB,                   -- hash over the thresholds by which prompts are tagged; NULL: no encoder
  fields          TEXT NOT NULL CHECK (json_valid(fields)), -- JSON list: metadata fields whose values are tags of the researcher's own
  methods         TEXT NOT NULL CHECK (json_valid(methods)), -- JSON object: how each dimension of a prompt is assigned where it was not imported
  calibration     TEXT NOT NULL CHECK (json_valid(calibration)), -- JSON object: precision and recall of the dimensions that an encoder assigns
  vocabulary      TEXT NOT NULL CHECK (json_valid(vocabulary)), -- JSON list of names: the id of a tag is its place, from 0
  percentiles     TEXT CHECK (percentiles IS NULL OR json_valid(percentiles)) -- JSON object: sorted values of the measures that are binned by rank, frozen; NULL: still measuring
) STRICT;

-- The tags of an item.
CREATE TABLE item_tags (
  tagging  INTEGER NOT NULL REFERENCES tagging (seq), -- the tagging
  item_id  BLOB NOT NULL REFERENCES item (id), -- the item
  given    TEXT NOT NULL CHECK (json_valid(given)), -- JSON list: ids of the tags that are not binned by rank
  imported TEXT NOT NULL CHECK (json_valid(imported)), -- JSON list: dimensions of the prompt that came with the data
  measures TEXT NOT NULL CHECK (json_valid(measures)), -- JSON object: the numbers behind the numeric tags; what could not be measured is not there
  tags     TEXT CHECK (tags IS NULL OR json_valid(tags)), -- JSON list: ids of all tags, ascending; NULL: percentiles were not known yet
  PRIMARY KEY (tagging, item_id)
) STRICT, WITHOUT ROWID;
