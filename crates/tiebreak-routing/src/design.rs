//! What a model of the AI's errors sees of a pair: tags, the AI's own account, measured numbers,
//! and a second opinion.

use tiebreak_stats::Vote;

use crate::{Instance, Pool};

/// Tags that fewer of the labelled pairs have, or lack, are no columns: nothing could be learnt of
/// them.
const FEWEST_WITH_TAG: usize = 5;
/// Log-odds beyond this say no more.
const FARTHEST: f64 = 6.0;

/// What a column is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// Whether the pair has a tag, by index.
    Tag(usize),
    /// A measured number, by index.
    Measure(usize),
    /// How sure the AI is, in log-odds.
    Certainty,
    /// How far its candidates are apart in its scores.
    Margin,
    /// How far the members of its ensemble disagree.
    Spread,
    /// How many other AI judges disagree.
    Disagreement,
    /// Whether its answer changes with the order.
    OrderMatters,
    /// Whether it prefers the longer candidate.
    PrefersLonger,
    /// Whether it calls the pair a tie.
    Tie,
    /// What the head trained on people's votes thinks of the AI's label, in log-odds.
    SecondOpinion,
    /// How sure that head is of anything.
    SecondCertainty,
}

impl Column {
    /// Its name in records.
    pub(crate) fn name(self, pool: &Pool) -> String {
        match self {
            Self::Tag(tag) => pool.tags[tag].clone(),
            Self::Measure(measure) => pool.measures[measure].clone(),
            Self::Certainty => "AI's certainty (log-odds)".to_owned(),
            Self::Margin => "AI's margin (ln(1 + margin))".to_owned(),
            Self::Spread => "AI ensemble spread".to_owned(),
            Self::Disagreement => "AI judges that disagree".to_owned(),
            Self::OrderMatters => "AI's answer changes with the order".to_owned(),
            Self::PrefersLonger => "AI prefers the longer answer".to_owned(),
            Self::Tie => "AI says tie".to_owned(),
            Self::SecondOpinion => "second opinion for the AI's label (log-odds)".to_owned(),
            Self::SecondCertainty => "second opinion's certainty (log-odds)".to_owned(),
        }
    }

    /// What a pair's value in this column says, in words, where it adds to the gain; `high`: the
    /// value is above the usual.
    pub(crate) fn phrase(self, pool: &Pool, high: bool) -> Option<String> {
        let words = match (self, high) {
            (Self::Tag(tag), true) => return Some(pool.phrases[tag].clone()),
            // That a tag is absent explains nothing to a reader.
            (Self::Tag(_), false) => return None,
            (Self::Measure(measure), high) => {
                let level = if high { "high" } else { "low" };
                return Some(format!("{level} {}", pool.measures[measure]));
            }
            (Self::Certainty | Self::Margin, false) => "the AI is unsure",
            (Self::Certainty | Self::Margin, true) => "the AI is very sure",
            (Self::Spread, true) => "the AI's ensemble disagrees",
            (Self::Spread, false) => "the AI's ensemble agrees",
            (Self::Disagreement, true) => "AI judges disagree",
            (Self::Disagreement, false) => "AI judges agree",
            (Self::OrderMatters, true) => "the AI's answer changes with the order",
            (Self::OrderMatters, false) => "the AI's answer does not depend on the order",
            (Self::PrefersLonger, true) => "the AI prefers the longer answer",
            (Self::PrefersLonger, false) => "the AI prefers the shorter answer",
            (Self::Tie, true) => "the AI sees a tie",
            (Self::Tie, false) => "the AI sees a winner",
            (Self::SecondOpinion, false) => "a head trained on people's labels differs",
            (Self::SecondOpinion, true) => "a head trained on people's labels agrees",
            (Self::SecondCertainty, true) => "people's labels are clear on such pairs",
            (Self::SecondCertainty, false) => "people's labels are unclear on such pairs",
        };
        Some(words.to_owned())
    }
}

/// The columns in use, with what stands in for a value that is missing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Design {
    columns: Vec<(Column, f64)>,
    /// Columns that are missing for some pairs, each of which has an indicator at the end of a
    /// row.
    gaps: Vec<usize>,
}

impl Design {
    /// Chooses columns by the labelled pairs; `second` says whether there is a second opinion.
    pub(crate) fn of(pool: &Pool, labelled: &[usize], second: bool) -> Self {
        let mut with_tag = vec![0_usize; pool.tags.len()];
        for &i in labelled {
            for &tag in &pool.instances[i].tags {
                with_tag[usize::from(tag)] += 1;
            }
        }
        let telling =
            |&count: &usize| count >= FEWEST_WITH_TAG && count + FEWEST_WITH_TAG <= labelled.len();
        let tags = with_tag.iter().enumerate().filter(|(_, count)| telling(count));
        let mut candidates: Vec<Column> = tags.map(|(tag, _)| Column::Tag(tag)).collect();
        candidates.extend((0..pool.measures.len()).map(Column::Measure));
        candidates.extend([
            Column::Certainty,
            Column::Margin,
            Column::Spread,
            Column::Disagreement,
            Column::OrderMatters,
            Column::PrefersLonger,
            Column::Tie,
        ]);
        if second {
            candidates.extend([Column::SecondOpinion, Column::SecondCertainty]);
        }
        let mut design = Self::default();
        for column in candidates {
            let known: Vec<f64> =
                labelled.iter().filter_map(|&i| value(&pool.instances[i], column, 0.0)).collect();
            let Some(&first) = known.first() else { continue };
            let is_second = matches!(column, Column::SecondOpinion | Column::SecondCertainty);
            let has_gaps = known.len() < labelled.len();
            if !is_second && !has_gaps && known.iter().all(|&x| x == first) {
                continue;
            }
            if has_gaps {
                design.gaps.push(design.columns.len());
            }
            let mean = known.iter().sum::<f64>() / known.len() as f64;
            design.columns.push((column, mean));
        }
        design
    }

    /// Length of a row.
    pub(crate) fn width(&self) -> usize {
        self.columns.len() + self.gaps.len()
    }

    /// What column `k` is about; `None` for an indicator of what is missing.
    pub(crate) fn column(&self, k: usize) -> Option<Column> {
        self.columns.get(k).map(|(column, _)| *column)
    }

    /// A pair's row; `second`: log-odds for its first candidate by people's labels.
    pub(crate) fn row(&self, instance: &Instance, second: f64) -> Vec<f64> {
        let mut row: Vec<f64> = Vec::with_capacity(self.width());
        for &(column, mean) in &self.columns {
            row.push(value(instance, column, second).unwrap_or(mean));
        }
        for &k in &self.gaps {
            let is_missing = value(instance, self.columns[k].0, second).is_none();
            row.push(f64::from(u8::from(is_missing)));
        }
        row
    }
}

/// The value of a pair in a column; `None` if it is missing.
fn value(instance: &Instance, column: Column, second: f64) -> Option<f64> {
    let flag = |is: bool| f64::from(u8::from(is));
    let signals = &instance.signals;
    match column {
        Column::Tag(tag) => {
            Some(flag(u16::try_from(tag).is_ok_and(|tag| instance.tags.contains(&tag))))
        }
        Column::Measure(measure) => instance.measures.get(measure).copied().flatten(),
        Column::Certainty => {
            signals.certainty.map(|p| (p / (1.0 - p)).ln().clamp(-FARTHEST, FARTHEST))
        }
        Column::Margin => signals.margin.map(|margin| margin.max(0.0).ln_1p()),
        Column::Spread => signals.spread,
        Column::Disagreement => signals.disagreement,
        Column::OrderMatters => signals.order_matters.map(flag),
        Column::PrefersLonger => signals.prefers_longer.map(flag),
        Column::Tie => Some(flag(instance.ai == Vote::Tie)),
        Column::SecondOpinion => Some(match instance.ai {
            Vote::First => second,
            Vote::Second => -second,
            Vote::Tie => -second.abs(),
        }),
        Column::SecondCertainty => Some(second.abs()),
    }
}
