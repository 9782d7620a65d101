-- What a head that was trained here says of the pairs that it learnt from, by fits that had not
-- seen them. Its scores of these pairs only say what it was taught.
CREATE TABLE held_out_preference (
  reward_model_id BLOB NOT NULL REFERENCES reward_model (id), -- the model that encoder and head make
  item_id         BLOB NOT NULL REFERENCES item (id), -- the pair
  margin          REAL NOT NULL,          -- log-odds of the first candidate over the second, by a fit on other folds of the cross-validation
  tie             REAL,                   -- probability of a tie at this margin; NULL: the head does not know ties
  PRIMARY KEY (reward_model_id, item_id)
) STRICT, WITHOUT ROWID;
