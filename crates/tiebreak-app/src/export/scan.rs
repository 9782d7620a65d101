//! Looking through free text for what should not be published: e-mail addresses, telephone
//! numbers, and names of models that give a blind comparison away.

use std::collections::BTreeSet;
use std::str::FromStr;

use tiebreak_exchange::{ExportContent, ExportItem};

use crate::AppError;
use crate::error::Result;

/// The names looked for beside the study's systems.
const NAMES: &str = include_str!("../../../../assets/scan/model-names.txt");

/// The digits that a telephone number has at least and at most (ITU-T E.164: 15 at most).
const DIGITS: std::ops::RangeInclusive<usize> = 9..=15;

/// What becomes of items in which a scan finds something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scan {
    /// Nothing is looked for.
    Off,
    /// They are flagged and counted.
    #[default]
    Flag,
    /// They are left out.
    LeaveOut,
}

impl FromStr for Scan {
    type Err = AppError;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "off" => Ok(Self::Off),
            "flag" => Ok(Self::Flag),
            "leave-out" => Ok(Self::LeaveOut),
            _ => {
                let reason = format!("{text:?} is none of off, flag, leave-out");
                Err(AppError::input("scan", reason))
            }
        }
    }
}

impl Scan {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Flag => "flag",
            Self::LeaveOut => "leave-out",
        }
    }
}

/// What is found in the texts of an item, in words, each once and in order: addresses and numbers
/// anywhere; in rationales the name of any model; in a candidate that of its own system.
pub(super) fn findings(item: &ExportItem) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut look = |place: &str, text: &str| {
        if has_address(text) {
            found.insert(format!("e-mail address in {place}"));
        }
        if has_number(text) {
            found.insert(format!("phone number in {place}"));
        }
    };
    look("prompt", &item.prompt_text());
    for candidate in &item.candidates {
        look("answer", &text_of(&candidate.content));
    }
    let rationales: Vec<&str> = item
        .judgments
        .iter()
        .filter_map(|judgment| judgment.rationale.as_deref())
        .chain(item.pairs.iter().flat_map(|pair| pair.rationales.iter().map(String::as_str)))
        .collect();
    rationales.iter().for_each(|text| look("rationale", text));
    for text in &rationales {
        let lower = text.to_lowercase();
        let systems = item.candidates.iter().filter_map(|candidate| candidate.system.as_deref());
        if names().any(|name| names_word(&lower, name))
            || systems
                .filter(|name| is_telling(name))
                .any(|name| names_word(&lower, &name.to_lowercase()))
        {
            found.insert("model named in rationale".to_owned());
        }
    }
    for candidate in &item.candidates {
        let Some(system) = candidate.system.as_deref().filter(|name| is_telling(name)) else {
            continue;
        };
        if names_word(&text_of(&candidate.content).to_lowercase(), &system.to_lowercase()) {
            found.insert("answer names its own model".to_owned());
        }
    }
    found.into_iter().collect()
}

fn text_of(content: &ExportContent) -> std::borrow::Cow<'_, str> {
    match content {
        // The name of a file is made of its content.
        ExportContent::Media { text, .. } => text.as_deref().unwrap_or_default().into(),
        content => content.text(),
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    NAMES.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether a system's name is more than a word that any answer may use: of four characters or
/// more, with a digit, a sign, or a capital after the first letter.
fn is_telling(name: &str) -> bool {
    let long = name.chars().count() >= 4;
    let odd = |c: char| c.is_ascii_digit() || c == '-' || c == '_' || c == '/';
    long && (name.contains(odd) || name.chars().skip(1).any(char::is_uppercase))
}

/// Whether a text, in lower case, has a name as whole words.
fn names_word(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices(name).any(|(at, _)| {
        let after = &text[at + name.len()..];
        // "gpt-4.5" is not "gpt-4", but a full stop ends a sentence.
        let goes_on =
            after.strip_prefix('.').is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
        !text[..at].ends_with(is_part) && !after.starts_with(is_part) && !goes_on
    })
}

/// Whether a text has an e-mail address: `local@domain.letters`, as RFC 5322's dot-atoms have it.
fn has_address(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let is_local = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
        let local = text[..at].chars().rev().take_while(|c| is_local(*c)).count();
        let domain: &str = &text[at + 1..];
        let is_domain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        let end = domain.find(|c| !is_domain(c)).unwrap_or(domain.len());
        let labels: Vec<&str> = domain[..end].trim_end_matches(['.', '-']).split('.').collect();
        let sound = labels.len() > 1 && labels.iter().all(|label| !label.is_empty());
        let top = labels.last().copied().unwrap_or_default();
        local > 0 && sound && top.len() >= 2 && top.chars().all(|c| c.is_ascii_alphabetic())
    })
}

/// Whether a text has a telephone number: nine to fifteen digits that begin with `+`, or with `0`
/// or `(` and are parted in at least three groups. Bare digits, versions, dates, times and
/// decimals are none.
fn has_number(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_digit() || " -()/".contains(c);
    let bytes = text.as_bytes();
    // Most texts have few digits, and counting is much quicker than looking at each place.
    if digits_in(bytes) < *DIGITS.start() {
        return false;
    }
    let mut at = 0;
    while at < bytes.len() {
        let begins = matches!(bytes[at], b'+' | b'(' | b'0'..=b'9');
        let before = if at == 0 { b' ' } else { bytes[at - 1] };
        if !begins || before.is_ascii_alphanumeric() || b"+-*/=^._,(".contains(&before) {
            at += 1;
            continue;
        }
        let rest = &text[at..];
        let skip = usize::from(rest.starts_with('+'));
        let end = rest[skip..].find(|c| !is_part(c)).map_or(rest.len(), |end| end + skip);
        let run = rest[..end].trim_end_matches([' ', '-', '(', '/']);
        let groups: Vec<&str> =
            run.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
        let digits = groups.iter().map(|group| group.len()).sum::<usize>();
        let marked = skip == 1 && run[1..].starts_with(|c: char| c.is_ascii_digit())
            || (run.starts_with('0') || run.starts_with('(')) && groups.len() >= 3
            || is_ten_digits(&groups) && !run.contains('/');
        // Sums such as (1 - 2) and rows of small numbers have short groups.
        let solid = groups.iter().skip(1).all(|group| group.len() >= 2);
        let goes_on = rest[end..].starts_with(|c: char| c.is_alphabetic() || ".,*=+^".contains(c))
            && rest[end..].chars().nth(1).is_some_and(|c| c.is_ascii_digit());
        if marked && solid && DIGITS.contains(&digits) && !goes_on {
            return true;
        }
        at += end.max(1);
    }
    false
}

/// Counts in bytes as long as they can hold the count, which processors do many at a time.
fn digits_in(bytes: &[u8]) -> usize {
    let count = |part: &[u8]| part.iter().map(|byte| u8::from(byte.is_ascii_digit())).sum::<u8>();
    bytes.chunks(255).map(|part| usize::from(count(part))).sum()
}

/// Three, three and four digits, as North American numbers are written.
fn is_ten_digits(groups: &[&str]) -> bool {
    groups.iter().map(|group| group.len()).eq([3, 3, 4])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("write to ann.example@mail.example.org.", true),
            ("<a+b@c.de>", true),
            ("thanks @ann, see you", false),
            ("a @ b.c", false),
            ("user@localhost", false),
            ("x@1.2", false),
            ("f@g", false),
            ("@property.setter", false),
            ("a@b..com", false),
            ("", false),
        ] {
            assert_eq!(has_address(text), expected, "{text:?}");
        }
    }

    #[test]
    fn numbers() {
        for (text, expected) in [
            ("call +49 30 1234567", true),
            ("+14155550123", true),
            ("(415) 555-0123", true),
            ("415-555-0123", true),
            ("0171 234 56 78", true),
            ("2026-03-17 13:45:06", false),
            ("from 2019-2024", false),
            ("version 1.22.333.4444", false),
            ("123456789012", false),
            ("3.14159265358979", false),
            ("1 2 3 4 5 6 7 8 9 10", false),
            ("(1 - 2) (3 - 4) (5 - 6)", false),
            ("x = 1000000 + 2000000", false),
            ("10/12/2024", false),
            ("007", false),
            ("ISBN 978-3-16-148410-0", false),
            ("1,000,000,000", false),
        ] {
            assert_eq!(has_number(text), expected, "{text:?}");
        }
    }

    #[test]
    fn names_are_whole_words() {
        for (text, name, expected) in [
            ("as gpt-4 would say", "gpt-4", true),
            ("gpt-4.", "gpt-4", true),
            ("gpt-4.5 is new", "gpt-4", false),
            ("gpt-4o is new", "gpt-4", false),
            ("consolation", "sol", false),
            ("i am vicuna!", "vicuna", true),
        ] {
            assert_eq!(names_word(text, name), expected, "{text:?}");
        }
        for (name, expected) in
            [("gpt-4", true), ("base", false), ("the", false), ("a1", false), ("Llama", false)]
        {
            assert_eq!(is_telling(name), expected, "{name}");
        }
        assert!(names().count() > 20 && names().all(|name| name == name.to_lowercase()));
    }
}
