//! Who labels the AI's share: the study's own reward models, or an AI judge that came with the
//! data.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use tiebreak_core::{ItemId, PairPreference, PolicyRun};
use tiebreak_stats::Vote;
use tiebreak_store::Reader;

use crate::error::Result;
use crate::{AppError, Study};

/// Who labels the AI's share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum AiSide {
    /// The study's reward models, each its modality.
    #[default]
    Reward,
    /// An imported AI judge, by its name.
    Judge(String),
}

impl FromStr for AiSide {
    type Err = AppError;

    fn from_str(text: &str) -> Result<Self> {
        match text.trim() {
            "" => Err(AppError::input("ai", "is `reward` or the name of an imported judge")),
            PolicyRun::REWARD => Ok(Self::Reward),
            name => Ok(Self::Judge(name.to_owned())),
        }
    }
}

impl fmt::Display for AiSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reward => PolicyRun::REWARD,
            Self::Judge(name) => name,
        })
    }
}

/// The label that a reward model's preference comes to, with its probability by the model's own
/// account: the most probable of first, tie and second; a tie where both sides are equally
/// probable.
pub(crate) fn label_of(preference: &PairPreference) -> (Vote, f64) {
    let tie = preference.tie.unwrap_or(0.0);
    let [first, second] =
        [preference.probability, 1.0 - preference.probability].map(|p| p * (1.0 - tie));
    if tie > first.max(second) {
        (Vote::Tie, tie)
    } else if first == second {
        (Vote::Tie, tie.max(first))
    } else if first > second {
        (Vote::First, first)
    } else {
        (Vote::Second, second)
    }
}

/// The AI's labels of pairs, as far as there are any. A head that was trained on the study is
/// asked through fits that had not seen the pair, where it has learnt from it.
pub(crate) fn labels(reader: &Reader<'_>, ai: &AiSide) -> Result<HashMap<ItemId, Vote>> {
    let mut found = HashMap::new();
    match ai {
        AiSide::Reward => {
            for model in reader.models_in_force()? {
                let said = reader.preferences(model.id)?;
                let held_out = reader.held_out_preferences(model.id)?;
                // Those held out come last and count.
                let said = said.into_iter().chain(held_out);
                found.extend(said.map(|(item, said)| (item, label_of(&said).0)));
            }
        }
        AiSide::Judge(name) => {
            for (item, position) in reader.judge_answers(name)? {
                let vote = match position {
                    None => Vote::Tie,
                    Some(0) => Vote::First,
                    Some(1) => Vote::Second,
                    Some(_) => continue,
                };
                // Of several sources of one name, the first counts, as in the pool.
                found.entry(item).or_insert(vote);
            }
        }
    }
    Ok(found)
}

impl Study {
    /// Everybody who could label the AI's share, with the number of items that they have labelled
    /// or scored: `reward` first.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn ai_sides(&self) -> Result<Vec<(AiSide, u64)>> {
        self.store.read_aside(|reader| {
            let mut scored = 0;
            for model in reader.models_in_force()? {
                scored += reader.scored_count(model.id)?;
            }
            let judges = reader.ai_judges()?.into_iter();
            let judges = judges.map(|(name, items)| (AiSide::Judge(name), items));
            Ok(std::iter::once((AiSide::Reward, scored)).chain(judges).collect())
        })
    }

    /// The AI side of this name, if there is one.
    ///
    /// # Errors
    /// If the study has no judge of this name.
    pub fn ai_side(&self, name: &str) -> Result<AiSide> {
        let side: AiSide = name.parse()?;
        let known = self.ai_sides()?;
        if known.iter().any(|(one, _)| *one == side) {
            return Ok(side);
        }
        let names: Vec<String> = known.iter().map(|(one, _)| one.to_string()).collect();
        Err(AppError::input("ai", format!("{name:?} is none of {}", names.join(", "))))
    }
}
