//! How much a prompt asks for at once, by counting. Likeness to examples sees what a prompt is
//! about, not how much it wants, and was right half as often.

use super::PromptDimension;

/// Below this, a request is simple; from [`COMPLEX`] on, complex.
const MODERATE: f64 = 0.8;
const COMPLEX: f64 = 2.2;
/// Words of a passage that stands below the request and is no part of it.
const PASSAGE: usize = 20;
/// Words after which longer is not more.
const MOST_WORDS: usize = 80;

const VERBS: &str = "add answer argue arrange assess balance brainstorm build calculate categorise \
                     categorize change choose cite classify compare complete compose compute \
                     consider continue convert correct count create decide define describe design \
                     determine develop discuss draft draw edit estimate evaluate examine explain \
                     extract fill find fix format generate give identify illustrate imagine include \
                     indicate infer justify keep label let list make mention name note outline \
                     output paraphrase plan point predict prepare present produce propose prove \
                     provide rank rate recommend rephrase replace respond return reverse review \
                     rewrite say select shorten show simplify size sketch solve sort start state \
                     suggest summarise summarize support take tell test think transform translate \
                     turn use value verify write";
const OPENERS: [&str; 8] = ["please", "then", "finally", "also", "and", "next", "now", "first"];
const JOINS: [&str; 4] = ["and", "then", "but", "or"];
const QUESTIONS: [&str; 5] = ["what", "why", "how", "which", "whether"];
const CONDITIONS: [&str; 6] = ["with", "without", "under", "using", "within", "between"];

/// The place of a prompt's complexity among the values of
/// [`PromptDimension::ComplexityOfIntents`]: 0 simple, 1 moderate, 2 complex. What counts is
///
/// (demands - 1) + (conditions + commas / 2) / 3 + words / 20,
///
/// where a demand is a question, a sentence that opens with a verb of request, or such a verb or a
/// question word joined on by `and`, `then`, `but`, `or` or a comma; a condition is a word such as
/// `without`; and words count to 80. Code, quotations and a passage below the first line are no
/// part of the request. English is needed for more than the length to count.
pub fn complexity(prompt: &str) -> usize {
    let request = request(prompt);
    let words = words(&request);
    let commas = words.iter().filter(|word| *word == ",").count();
    let conditions = words.iter().filter(|word| CONDITIONS.contains(&word.as_str())).count();
    let length = (words.len() - commas).min(MOST_WORDS);
    let demands = sentences(&request).filter(|s| is_demand(s)).count() + joined(&words);
    let score = demands.saturating_sub(1) as f64
        + (conditions as f64 + commas as f64 / 2.0) / 3.0
        + length as f64 / 20.0;
    let last = PromptDimension::ComplexityOfIntents.values().len() - 1;
    (usize::from(score >= MODERATE) + usize::from(score >= COMPLEX)).min(last)
}

/// The prompt without the material that it brings.
fn request(prompt: &str) -> String {
    let outside = |text: &str, mark: &str| -> String {
        let parts: Vec<&str> = text.split(mark).collect();
        // A mark that is not closed opens nothing.
        if parts.len().is_multiple_of(2) {
            return text.to_owned();
        }
        parts.into_iter().step_by(2).collect::<Vec<_>>().join(" x ")
    };
    let plain = outside(&outside(prompt, "```"), "\"");
    let mut lines = plain.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default();
    let rest: usize = lines.map(|line| line.split_whitespace().count()).sum();
    if rest >= PASSAGE { first.to_owned() } else { plain }
}

/// Words in lower case, and commas.
fn words(text: &str) -> Vec<String> {
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '_');
    let mut words: Vec<String> = Vec::new();
    let mut is_open = false;
    for c in text.chars() {
        match words.last_mut().filter(|_| is_open) {
            Some(word) if is_inside(c) => word.extend(c.to_lowercase()),
            _ if is_inside(c) => words.push(c.to_lowercase().collect()),
            _ if c == ',' => words.push(c.to_string()),
            _ => {}
        }
        is_open = is_inside(c);
    }
    words
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '?', '!', ';', '\n']).filter(|part| words(part).len() >= 2)
}

fn is_demand(sentence: &str) -> bool {
    let words = words(sentence);
    let mut rest = words.iter().skip_while(|word| OPENERS.contains(&word.as_str()));
    sentence.trim_end().ends_with('?') || rest.next().is_some_and(|word| is_verb(word))
}

fn is_verb(word: &str) -> bool {
    VERBS.split_whitespace().any(|verb| verb == word)
}

/// Demands that follow another in a sentence.
fn joined(words: &[String]) -> usize {
    let mut found = 0;
    for (n, word) in words.iter().enumerate() {
        let is_comma = word == ",";
        let next = words.get(n + 1).map(String::as_str).unwrap_or_default();
        // Of `, and explain` the comma leaves the counting to the word.
        if !(is_comma || JOINS.contains(&word.as_str())) || is_comma && JOINS.contains(&next) {
            continue;
        }
        let is_filler = |word: &&String| OPENERS.contains(&word.as_str());
        let after = words[n + 1..].iter().find(|word| !is_filler(word));
        let is_demand = |word: &String| is_verb(word) || QUESTIONS.contains(&word.as_str());
        // `, then rank` is found at `then`.
        let is_again = OPENERS.contains(&next) && JOINS.contains(&next);
        found += usize::from(!is_again && after.is_some_and(is_demand));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demands_and_conditions_are_counted() {
        let passage = "word, and list ".repeat(12);
        for (prompt, expected) in [
            (String::new(), 0),
            ("What is the capital of France?".to_owned(), 0),
            ("Tell me a story.".to_owned(), 0),
            (format!("Summarise the following content.\n\n{passage}"), 0),
            ("Classify \"rank, sort and list\" as a noun.".to_owned(), 0),
            ("Explain supply and demand, and what a price ceiling does to both.".to_owned(), 1),
            ("Write five questions on the water cycle with answers, then rank them.".to_owned(), 1),
            (
                "Summarise the text, translate the summary into French, and finally list three \
                 questions that it leaves open."
                    .to_owned(),
                2,
            ),
        ] {
            assert_eq!(complexity(&prompt), expected, "{prompt}");
        }
    }
}
