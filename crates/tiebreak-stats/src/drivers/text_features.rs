//! The text features: what can be counted in an answer, with names, units and words for either
//! direction.
//!
//! They are for people to read, and differ from the surface features of a reward head
//! ([`tiebreak_core::Surface`]), whose definitions trained heads depend on: lines in code count
//! for nothing but length and words, tables and emoji are told, and lists of English words stand for
//! hedging, refusal, tone and the first person. Words and characters are counted alike in both.

use serde::Serialize;

/// A feature of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TextFeature {
    /// Its name, as a key.
    pub name: &'static str,
    /// What it is measured in.
    pub unit: &'static str,
    /// What it is.
    pub description: &'static str,
    /// What is said of the answer with more of it, after "the answer that".
    pub more: &'static str,
    /// What is said of the answer with less of it.
    pub less: &'static str,
    /// Whether it is compared as ln(1 + x), as counts are, and what has a long tail.
    pub by_logarithm: bool,
    /// Whether it counts English words, and says nothing of other languages.
    pub is_english: bool,
}

const fn count(
    name: &'static str,
    unit: &'static str,
    description: &'static str,
    [more, less]: [&'static str; 2],
) -> TextFeature {
    TextFeature { name, unit, description, more, less, by_logarithm: true, is_english: false }
}

const fn english(
    name: &'static str,
    description: &'static str,
    words: [&'static str; 2],
) -> TextFeature {
    TextFeature { is_english: true, ..count(name, "occurrences", description, words) }
}

const fn measure(
    name: &'static str,
    unit: &'static str,
    description: &'static str,
    words: [&'static str; 2],
) -> TextFeature {
    TextFeature { by_logarithm: false, ..count(name, unit, description, words) }
}

/// Number of text features.
pub(super) const TEXT_FEATURE_COUNT: usize = 21;

/// The text features, in the order of [`TextMeasures`].
pub const TEXT_FEATURES: [TextFeature; TEXT_FEATURE_COUNT] = [
    count(
        "words",
        "words",
        "runs without white space, without ASCII punctuation around them",
        ["has more words", "has fewer words"],
    ),
    count("characters", "characters", "Unicode scalar values", ["is longer", "is shorter"]),
    count("lines", "lines", "lines that are not blank", ["has more lines", "has fewer lines"]),
    count(
        "word_length",
        "characters",
        "mean length of a word",
        ["has longer words", "has shorter words"],
    ),
    measure(
        "distinct_words",
        "share",
        "different words as a share of all, 0 to 1",
        ["repeats fewer words", "repeats more words"],
    ),
    count(
        "headings",
        "lines",
        "Markdown headings outside code",
        ["has more headings", "has fewer headings"],
    ),
    count(
        "bold",
        "passages",
        "pairs of two asterisks outside code",
        ["has more in bold", "has less in bold"],
    ),
    count(
        "list_items",
        "lines",
        "items of bulleted and numbered lists outside code",
        ["lists more", "lists less"],
    ),
    count(
        "table_rows",
        "rows",
        "rows of Markdown tables, with their heads, outside code",
        ["has more rows in tables", "has fewer rows in tables"],
    ),
    count(
        "code_blocks",
        "blocks",
        "fenced blocks of code",
        ["has more blocks of code", "has fewer blocks of code"],
    ),
    english("hedges", "hedging words and phrases", ["hedges more", "hedges less"]),
    english(
        "refusals",
        "phrases of refusal and apology",
        ["refuses or apologises more", "refuses or apologises less"],
    ),
    english(
        "positive_words",
        "words of positive tone",
        ["has more positive words", "has fewer positive words"],
    ),
    english(
        "negative_words",
        "words of negative tone",
        ["has more negative words", "has fewer negative words"],
    ),
    count("questions", "marks", "question marks", ["asks more", "asks less"]),
    count(
        "exclamations",
        "marks",
        "exclamation marks, without those of Markdown images and `!=`",
        ["exclaims more", "exclaims less"],
    ),
    count(
        "numbers",
        "words",
        "words with an ASCII digit, without the ordinals of lists",
        ["has more numbers", "has fewer numbers"],
    ),
    count("emoji", "emoji", "emoji and pictographs", ["has more emoji", "has fewer emoji"]),
    english(
        "first_person",
        "pronouns of the first person",
        ["speaks more of itself", "speaks less of itself"],
    ),
    measure(
        "prompt_overlap",
        "share",
        "share of the prompt's different words that occur in the answer, 0 to 1",
        ["takes up more words of the prompt", "takes up fewer words of the prompt"],
    ),
    measure(
        "prompt_cosine",
        "cosine",
        "cosine of the word counts of prompt and answer, 0 to 1",
        ["is worded more like the prompt", "is worded less like the prompt"],
    ),
];

/// What was measured on one text, in the order of [`TEXT_FEATURES`]; `None` for what is not
/// defined: the length of words and the like in a text without words, likeness to an empty prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct TextMeasures(pub [Option<f64>; TEXT_FEATURE_COUNT]);

impl TextMeasures {
    /// The measure of a name; `None` if there is no such feature, or it is not defined.
    pub fn get(&self, name: &str) -> Option<f64> {
        let place = TEXT_FEATURES.iter().position(|feature| feature.name == name)?;
        self.0[place]
    }

    /// By how much this text has more of each feature than another, most as ln(1 + x); 0 where
    /// it is not defined for both, which then says nothing of the choice.
    pub fn difference(&self, other: &Self) -> [f64; TEXT_FEATURE_COUNT] {
        std::array::from_fn(|k| match (self.0[k], other.0[k]) {
            (Some(a), Some(b)) if TEXT_FEATURES[k].by_logarithm => a.ln_1p() - b.ln_1p(),
            (Some(a), Some(b)) => a - b,
            _ => 0.0,
        })
    }
}
