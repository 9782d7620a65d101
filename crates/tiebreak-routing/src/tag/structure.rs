//! What can be read off the form of a prompt: whether it brings material, and whether it asks
//! for a format. Rules, because likeness to examples cannot see either.

use super::tokens;

/// Fewest words of a passage that counts as material.
const PASSAGE: usize = 20;

/// Whether a prompt brings material to work on: a block of code, a table, an address on the web,
/// a passage in quotation marks or below the request, options to choose from, or what follows a
/// word that announces it, such as `Input:`.
pub fn has_in_context_material(prompt: &str) -> bool {
    let lines: Vec<&str> = prompt.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let count = |is: &dyn Fn(&str) -> bool| lines.iter().filter(|line| is(line)).count();
    prompt.contains("```")
        || prompt.contains("http://")
        || prompt.contains("https://")
        || count(&|line| line.matches('|').count() >= 2) >= 2
        || count(&is_option) >= 2
        || count(&is_code) >= 2
        || quoted(prompt) >= PASSAGE
        || announced(prompt)
        || lines.split_first().is_some_and(|(_, rest)| words(&rest.join(" ")) >= PASSAGE)
}

fn words(text: &str) -> usize {
    tokens(text).len()
}

/// `a) ...`, `(B) ...`, `C. ...`, but not `1. ...`, which also numbers demands.
fn is_option(line: &str) -> bool {
    let line = line.strip_prefix('(').unwrap_or(line);
    let mut chars = line.chars();
    matches!(chars.next(), Some('a'..='h' | 'A'..='H')) && matches!(chars.next(), Some(')' | '.'))
}

fn is_code(line: &str) -> bool {
    line.ends_with(['{', '}', ';'])
        || ["def ", "import ", "for (", "SELECT ", "#include", "function ", "return "]
            .iter()
            .any(|start| line.starts_with(start))
}

/// Words of the longest passage in quotation marks.
fn quoted(text: &str) -> usize {
    let mut longest = 0;
    for (open, close) in [('"', '"'), ('“', '”'), ('«', '»'), ('„', '“')] {
        let mut rest = text;
        while let Some((_, after)) = rest.split_once(open) {
            let Some((inside, next)) = after.split_once(close) else { break };
            longest = longest.max(words(inside));
            rest = next;
        }
    }
    longest
}

/// Whether something follows a word that announces material.
fn announced(prompt: &str) -> bool {
    const LABELS: [&str; 12] = [
        "input:",
        "text:",
        "context:",
        "passage:",
        "article:",
        "sentence:",
        "data:",
        "document:",
        "paragraph:",
        "email:",
        "code:",
        "options:",
    ];
    let lower = prompt.to_lowercase();
    let follows = |after: &str| words(after) >= 3;
    LABELS.iter().any(|label| {
        lower.match_indices(label).any(|(at, _)| {
            let before = lower[..at].chars().next_back();
            !before.is_some_and(char::is_alphanumeric) && follows(&lower[at + label.len()..])
        })
    }) || ["following", "this", "these", "below"].iter().any(|word| {
        // "... the following sentence: ..."
        lower.match_indices(word).any(|(at, _)| {
            let after = &lower[at + word.len()..];
            let colon = after.find([':', '\n']);
            colon
                .is_some_and(|colon| words(&after[..colon]) <= 6 && words(&after[colon + 1..]) >= 4)
        })
    })
}

/// Whether a prompt says what form the answer must have: a length, a container (table, list,
/// JSON), a form of verse, or how it begins, ends or is spelt. How many things are asked for
/// ("five tips") is no format.
pub fn has_format_constraint(prompt: &str) -> bool {
    const PHRASES: [&str; 51] = [
        "as a table",
        "in a table",
        "table format",
        "tabular",
        "in json",
        "as json",
        "json format",
        "in xml",
        "in yaml",
        "in csv",
        "as csv",
        "csv format",
        "in markdown",
        "markdown table",
        "in html",
        "in latex",
        "bullet point",
        "bullet list",
        "bulleted",
        "bullets",
        "numbered list",
        "as a list",
        "in list form",
        "comma separated",
        "separated by",
        "one word",
        "single word",
        "one sentence",
        "single sentence",
        "one paragraph",
        "one line",
        "single paragraph",
        "only answer",
        "answer only",
        "answer with",
        "yes or no",
        "no more than",
        "or less",
        "or fewer",
        "in the format",
        "following format",
        "format of",
        "formatted as",
        "all caps",
        "in capital letters",
        "in uppercase",
        "in lowercase",
        "without using",
        "must start with",
        "must end with",
        "starting with the letter",
    ];
    const FORMS: [&str; 5] = ["haiku", "limerick", "sonnet", "acrostic", "rhyme"];
    const UNITS: [&str; 16] = [
        "word",
        "words",
        "sentence",
        "sentences",
        "paragraph",
        "paragraphs",
        "line",
        "lines",
        "character",
        "characters",
        "syllable",
        "syllables",
        "stanza",
        "stanzas",
        "verses",
        "pages",
    ];
    let tokens = tokens(prompt);
    let text = format!(" {} ", tokens.join(" "));
    // At the head of a word, so that `bullet point` is also in `bullet points`.
    PHRASES.iter().any(|phrase| text.contains(&format!(" {phrase}")))
        || tokens.iter().any(|token| FORMS.contains(&token.as_str()))
        || tokens.windows(2).any(|pair| is_number(&pair[0]) && UNITS.contains(&pair[1].as_str()))
}

fn is_number(token: &str) -> bool {
    const NUMBERS: [&str; 14] = [
        "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve",
        "fifteen", "twenty", "fifty", "hundred",
    ];
    token.bytes().all(|byte| byte.is_ascii_digit()) || NUMBERS.contains(&token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn material_is_seen_by_its_form() {
        let passage = "word ".repeat(25);
        for (prompt, expected) in [
            ("What is the capital of France?".to_owned(), false),
            (format!("Summarise this.\n\n{passage}"), true),
            (format!("What did she mean by \"{passage}\"?"), true),
            ("Fix this:\n```\nx = 1\n```".to_owned(), true),
            ("Summarise https://example.org/page".to_owned(), true),
            ("Which is a fruit?\nA) stone\nB) apple".to_owned(), true),
            ("Correct the following sentence: he go to school".to_owned(), true),
            ("Find the odd one.\nInput: twelve eggs, seven hens".to_owned(), true),
            ("| a | b |\n|---|---|\n| 1 | 2 |".to_owned(), true),
            ("Plan a day:\n1. cheap\n2. outdoors".to_owned(), false),
            ("He said \"yes\". Why?".to_owned(), false),
            ("Explain the concept of inflation in context of this year".to_owned(), false),
        ] {
            assert_eq!(has_in_context_material(&prompt), expected, "{prompt}");
        }
    }

    #[test]
    fn formats_are_seen_by_their_phrases() {
        for (prompt, expected) in [
            ("What is the capital of France?", false),
            ("Explain it in 50 words", true),
            ("Write a 500-word essay", true),
            ("Compare them as a table.", true),
            ("Give the result in JSON", true),
            ("List five tips", false),
            ("Use bullet points", true),
            ("Answer with yes or no.", true),
            ("Write a haiku about rain", true),
            ("Sum it up in one sentence", true),
            ("Is the sentence grammatical?", false),
            ("Tell me about rhyming slang", false),
        ] {
            assert_eq!(has_format_constraint(prompt), expected, "{prompt}");
        }
    }
}
