//! What can be read off a text without a model: the named surface features of a reward head.

use std::collections::HashSet;

/// The names of the surface features, in their order.
pub const SURFACE_FEATURES: [&str; 12] = [
    "ln_characters",
    "ln_words",
    "ln_lines",
    "ln_list_items",
    "ln_headings",
    "ln_code_fences",
    "ln_emphases",
    "ln_questions",
    "digit_share",
    "word_length",
    "distinct_word_share",
    "prompt_word_share",
];

/// The surface features of one text answer, in the order of [`SURFACE_FEATURES`]. Counts n enter
/// as ln(1 + n). A word is a run without white space, without ASCII punctuation around it, in
/// lower case.
///
/// | feature | what it is |
/// |---|---|
/// | `ln_characters` | characters (Unicode scalar values) |
/// | `ln_words` | words |
/// | `ln_lines` | lines that are not blank |
/// | `ln_list_items` | lines that begin with `- `, `* `, `+ ` or a number and `.` or `)` |
/// | `ln_headings` | lines that begin with `#` |
/// | `ln_code_fences` | lines that begin with three backticks |
/// | `ln_emphases` | pairs of `**` |
/// | `ln_questions` | question marks (`?`) |
/// | `digit_share` | share of characters that are ASCII digits, 0 to 1 |
/// | `word_length` | mean number of characters of a word |
/// | `distinct_word_share` | different words, as a share of all, 0 to 1 |
/// | `prompt_word_share` | share of the prompt's different words that occur in the answer, 0 to 1 |
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Surface(pub [f32; SURFACE_FEATURES.len()]);

impl Surface {
    /// Measures an answer in the light of its prompt. What an empty text leaves undefined is 0.
    pub fn of(prompt: &str, answer: &str) -> Self {
        let words: Vec<String> = words(answer).collect();
        let distinct: HashSet<&str> = words.iter().map(String::as_str).collect();
        let asked: HashSet<String> = self::words(prompt).collect();
        let lines = || answer.lines().map(str::trim_start).filter(|line| !line.is_empty());
        let characters = answer.chars().count();
        let log = |count: usize| (count as f32).ln_1p();
        let share = |part: usize, whole: usize| match whole {
            0 => 0.0,
            _ => part as f32 / whole as f32,
        };
        Self([
            log(characters),
            log(words.len()),
            log(lines().count()),
            log(lines().filter(|line| is_list_item(line)).count()),
            log(lines().filter(|line| line.starts_with('#')).count()),
            log(lines().filter(|line| line.starts_with("```")).count()),
            log(answer.matches("**").count() / 2),
            log(answer.matches('?').count()),
            share(answer.bytes().filter(u8::is_ascii_digit).count(), characters),
            share(words.iter().map(|word| word.chars().count()).sum(), words.len()),
            share(distinct.len(), words.len()),
            share(
                asked.iter().filter(|word| distinct.contains(word.as_str())).count(),
                asked.len(),
            ),
        ])
    }

    /// `ln_characters`, the one feature of the length-only baseline.
    pub const fn ln_characters(&self) -> f32 {
        self.0[0]
    }
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| c.is_ascii_punctuation()))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

fn is_list_item(line: &str) -> bool {
    if ["- ", "* ", "+ "].iter().any(|bullet| line.starts_with(bullet)) {
        return true;
    }
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < line.len() && rest.starts_with(['.', ')'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_it_says() {
        let answer = "# Plan\n\n1. **Boil** water?\n- wait 10 min\n```\ncode\n```\nBoil, water";
        let surface = Surface::of("How to boil water", answer).0;
        let counts: Vec<f32> = surface[..8].iter().map(|x| x.exp_m1().round()).collect();
        // plan, 1, boil, water, wait, 10, min, code, boil, water: punctuation alone is no word.
        assert_eq!(counts, [answer.chars().count() as f32, 10.0, 7.0, 2.0, 1.0, 2.0, 1.0, 1.0]);
        assert_eq!(surface[10], 0.8);
        assert_eq!(surface[11], 0.5, "boil and water of how, to, boil, water");
    }

    #[test]
    fn an_empty_answer_is_all_zeros() {
        assert_eq!(Surface::of("", ""), Surface::default());
    }
}
