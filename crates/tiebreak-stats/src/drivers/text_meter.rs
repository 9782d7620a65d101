//! Measures texts in one pass over their lines and words.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::lexicon::{Kind, entries};
use super::text_features::TextMeasures;
use crate::parallel;

/// Texts that one thread measures at a time.
const CHUNK: usize = 256;

/// Words are known by a hash (FNV-1a, 64 bits): two different ones of a text meet in one of 10^13
/// texts.
type Word = u64;
type ByWord<T> = HashMap<Word, T, BuildHasherDefault<Itself>>;

/// A hash is its own hash.
#[derive(Default)]
struct Itself(u64);

impl Hasher for Itself {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// Measures texts, one after another; keeps the lists and its memory between them.
#[derive(Default)]
pub struct TextMeter {
    /// What a word by itself counts for, and the phrases that begin with it, longest first.
    lexicon: ByWord<Entry>,
    /// How often each word is in the prompt and in the answer.
    counts: ByWord<[u32; 2]>,
    /// The answer's words in order.
    words: Vec<Word>,
}

#[derive(Default)]
struct Entry {
    kinds: Vec<Kind>,
    phrases: Vec<(Kind, Vec<Word>)>,
}

/// What is counted while lines are read.
#[derive(Default)]
struct Counts {
    lines: usize,
    word_characters: usize,
    headings: usize,
    asterisks: usize,
    list_items: usize,
    table_rows: usize,
    code_blocks: usize,
    questions: usize,
    exclamations: usize,
    numbers: usize,
    emoji: usize,
}

/// Measures many texts, each with its prompt, on a few threads.
pub fn measure_texts(threads: usize, texts: &[(&str, &str)]) -> Vec<TextMeasures> {
    let chunks: Vec<&[(&str, &str)]> = texts.chunks(CHUNK).collect();
    let of_chunk = |k: usize| {
        let mut meter = TextMeter::new();
        chunks[k].iter().map(|(prompt, text)| meter.measure(prompt, text)).collect::<Vec<_>>()
    };
    parallel::map(threads, chunks.len(), of_chunk).into_iter().flatten().collect()
}

impl TextMeter {
    /// Reads the lists.
    pub fn new() -> Self {
        let mut lexicon: ByWord<Entry> = HashMap::default();
        for (kind, words) in entries() {
            let words: Vec<Word> = words.into_iter().map(word).collect();
            let entry = lexicon.entry(words[0]).or_default();
            match words.len() {
                1 => entry.kinds.push(kind),
                _ => entry.phrases.push((kind, words)),
            }
        }
        for entry in lexicon.values_mut() {
            entry.phrases.sort_by_key(|(_, words)| std::cmp::Reverse(words.len()));
        }
        Self { lexicon, ..Self::default() }
    }

    /// Measures an answer in the light of its prompt.
    pub fn measure(&mut self, prompt: &str, text: &str) -> TextMeasures {
        self.counts.clear();
        self.words.clear();
        for one in prompt.split_whitespace().filter_map(bare) {
            self.counts.entry(word(one)).or_default()[0] += 1;
        }
        let counts = self.read(text);
        for one in &self.words {
            self.counts.entry(*one).or_default()[1] += 1;
        }
        let listed = self.listed();
        let (overlap, cosine, distinct) = self.likeness();
        let n = self.words.len();
        let share = |part: usize| (n > 0).then(|| part as f64 / n as f64);
        let count = |n: usize| Some(n as f64);
        let listed = |kind: Kind| Some(listed[kind as usize]);
        TextMeasures([
            count(n),
            count(text.chars().count()),
            count(counts.lines),
            share(counts.word_characters),
            share(distinct),
            count(counts.headings),
            count(counts.asterisks / 2),
            count(counts.list_items),
            count(counts.table_rows),
            count(counts.code_blocks),
            listed(Kind::Hedge),
            listed(Kind::Refusal),
            listed(Kind::Positive),
            listed(Kind::Negative),
            count(counts.questions),
            count(counts.exclamations),
            count(counts.numbers),
            count(counts.emoji),
            listed(Kind::FirstPerson),
            overlap,
            cosine,
        ])
    }

    fn read(&mut self, text: &str) -> Counts {
        let mut counts = Counts::default();
        let mut in_code = false;
        for line in text.lines().map(str::trim) {
            if line.is_empty() {
                continue;
            }
            counts.lines += 1;
            let mut is_numbered = false;
            if line.starts_with("```") || line.starts_with("~~~") {
                counts.code_blocks += usize::from(!in_code);
                in_code = !in_code;
            } else if !in_code {
                counts.headings += usize::from(is_heading(line));
                counts.table_rows += usize::from(is_table_row(line));
                counts.asterisks += line.matches("**").count();
                is_numbered = is_numbered_item(line);
                counts.list_items += usize::from(is_numbered || is_bulleted_item(line));
            }
            for (place, raw) in line.split_whitespace().enumerate() {
                counts.marks(raw);
                let Some(bare) = bare(raw) else { continue };
                counts.word_characters += bare.chars().count();
                let has_digit = bare.bytes().any(|byte| byte.is_ascii_digit());
                counts.numbers += usize::from(has_digit && !(is_numbered && place == 0));
                self.words.push(word(bare));
            }
        }
        counts
    }

    /// How often the lists' words and phrases occur, by kind. What is in a phrase counts for the
    /// phrase alone, unless it is of another kind.
    fn listed(&self) -> [f64; 5] {
        let mut found = [0.0; 5];
        // Up to where a kind is spoken for.
        let mut taken = [0; 5];
        for (place, one) in self.words.iter().enumerate() {
            let Some(entry) = self.lexicon.get(one) else { continue };
            for (kind, phrase) in &entry.phrases {
                let kind = *kind as usize;
                if place >= taken[kind] && self.words[place..].starts_with(phrase) {
                    found[kind] += 1.0;
                    taken[kind] = place + phrase.len();
                }
            }
            for kind in &entry.kinds {
                let kind = *kind as usize;
                if place >= taken[kind] {
                    found[kind] += 1.0;
                    taken[kind] = place + 1;
                }
            }
        }
        found
    }

    /// Overlap of different words, cosine of counts, and the answer's different words.
    fn likeness(&self) -> (Option<f64>, Option<f64>, usize) {
        let (mut asked, mut shared, mut distinct) = (0_usize, 0_usize, 0_usize);
        let (mut product, mut squares) = (0.0, [0.0; 2]);
        for [prompt, answer] in self.counts.values() {
            asked += usize::from(*prompt > 0);
            distinct += usize::from(*answer > 0);
            shared += usize::from(*prompt > 0 && *answer > 0);
            let (p, a) = (f64::from(*prompt), f64::from(*answer));
            product += p * a;
            squares = [squares[0] + p * p, squares[1] + a * a];
        }
        let overlap = (asked > 0).then(|| shared as f64 / asked as f64);
        let length: f64 = (squares[0] * squares[1]).sqrt();
        (overlap, (length > 0.0).then(|| product / length), distinct)
    }
}

impl Counts {
    /// Punctuation and emoji of a run without white space.
    fn marks(&mut self, raw: &str) {
        let bytes = raw.as_bytes();
        for (place, byte) in bytes.iter().enumerate() {
            match byte {
                b'?' => self.questions += 1,
                b'!' if !matches!(bytes.get(place + 1), Some(b'[' | b'=')) => {
                    self.exclamations += 1;
                }
                _ => (),
            }
        }
        if !raw.is_ascii() {
            self.emoji += emoji(raw);
        }
    }
}

/// Emoji of a text: one joined from several counts once, a flag's two letters too.
fn emoji(text: &str) -> usize {
    let (mut found, mut joined, mut letters) = (0, false, 0_usize);
    for c in text.chars() {
        match c {
            '\u{1f1e6}'..='\u{1f1ff}' => letters += 1,
            // Skin tones.
            '\u{1f3fb}'..='\u{1f3ff}' => (),
            '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b50}' | '\u{2b55}' => {
                found += usize::from(!joined);
            }
            _ => (),
        }
        joined = c == '\u{200d}';
    }
    found + letters / 2
}

/// A run without the ASCII punctuation around it; `None` if nothing is left.
fn bare(raw: &str) -> Option<&str> {
    let bare = raw.trim_matches(|c: char| c.is_ascii_punctuation());
    (!bare.is_empty()).then_some(bare)
}

/// The word in lower case, with a straight apostrophe and without typographic quotes and dashes
/// around it.
fn word(bare: &str) -> Word {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(PRIME);
    if bare.is_ascii() {
        return bare.bytes().fold(BASIS, |hash, byte| step(hash, byte.to_ascii_lowercase()));
    }
    let around =
        |c: char| c.is_ascii_punctuation() || matches!(c, '\u{2010}'..='\u{203a}' | '«' | '»');
    let mut hash = BASIS;
    let mut utf8 = [0; 4];
    for c in bare.trim_matches(around).chars() {
        let c = if c == '\u{2019}' { '\'' } else { c };
        for lower in c.to_lowercase() {
            hash = lower.encode_utf8(&mut utf8).bytes().fold(hash, step);
        }
    }
    hash
}

fn is_heading(line: &str) -> bool {
    let rest = line.trim_start_matches('#');
    (1..=6).contains(&(line.len() - rest.len())) && rest.starts_with(' ')
}

/// A row between bars, other than the line below a table's head.
fn is_table_row(line: &str) -> bool {
    line.len() > 1
        && line.starts_with('|')
        && line.ends_with('|')
        && line.bytes().any(|byte| !matches!(byte, b'|' | b'-' | b':' | b' '))
}

fn is_bulleted_item(line: &str) -> bool {
    ["- ", "* ", "+ ", "• "].iter().any(|bullet| line.starts_with(bullet))
}

fn is_numbered_item(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < line.len() && (rest.starts_with(". ") || rest.starts_with(") "))
}
