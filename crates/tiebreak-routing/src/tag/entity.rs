//! Overlap of what two texts name, read off capital letters and digits: no model is needed, and
//! none is asked.

use std::collections::{BTreeSet, HashSet};

/// Jaccard index of the names and numbers in two texts, 0 to 1; 1 if neither has any. Names are
/// runs of capitalised words; a single capitalised word that opens a sentence or a line counts
/// only if it is capitalised elsewhere too, or looks like no ordinary word (`NASA`, `H2O`).
pub fn entity_overlap(first: &str, second: &str) -> f64 {
    let [first, second] = [found(first), found(second)];
    // What one text capitalises in the middle of a sentence is a name at the head of the other's.
    let names: HashSet<&str> =
        [&first, &second].into_iter().flat_map(|one| one.sure.iter().map(String::as_str)).collect();
    let all = |of: &Found| -> BTreeSet<String> {
        let heads = of.heads.iter().filter(|head| names.contains(head.as_str()));
        of.sure.iter().chain(heads).cloned().collect()
    };
    let [first, second] = [all(&first), all(&second)];
    let union = first.union(&second).count();
    if union == 0 { 1.0 } else { first.intersection(&second).count() as f64 / union as f64 }
}

/// The names and numbers in a text.
#[derive(Default)]
struct Found {
    sure: BTreeSet<String>,
    /// Capitalised words that open sentences.
    heads: BTreeSet<String>,
}

fn found(text: &str) -> Found {
    let mut found = Found::default();
    for line in text.lines() {
        let mut run: Vec<&str> = Vec::new();
        let (mut is_head, mut run_is_head) = (true, false);
        for raw in line.split_whitespace() {
            let word = raw.trim_matches(|c: char| !c.is_alphanumeric());
            let word = word.strip_suffix("'s").or(word.strip_suffix("’s")).unwrap_or(word);
            // The `1.` of a list is no number that the text names.
            let is_enumeration = is_head && word.bytes().all(|b| b.is_ascii_digit());
            if word.is_empty() || is_enumeration && raw.ends_with(['.', ')']) {
                continue;
            }
            let is_name = word.chars().next().is_some_and(char::is_uppercase) && !is_pronoun(word);
            let opens = raw.chars().next().is_some_and(|c| !c.is_alphanumeric());
            if !is_name || (opens && !run.is_empty()) {
                close(&mut run, run_is_head, &mut found);
            }
            if is_name {
                if run.is_empty() {
                    run_is_head = is_head;
                }
                run.push(word);
            } else if word.chars().any(|c| c.is_ascii_digit()) {
                found.sure.insert(word.replace(',', "").to_lowercase());
            }
            let ends = raw.trim_end_matches(['*', '_', '"', '\'', '”', '’']);
            is_head = ends.ends_with(['.', '!', '?', ':', '…']);
            if is_head || !raw.ends_with(char::is_alphanumeric) {
                close(&mut run, run_is_head, &mut found);
            }
        }
        close(&mut run, run_is_head, &mut found);
    }
    found
}

fn close(run: &mut Vec<&str>, is_head: bool, found: &mut Found) {
    let name = run.join(" ").to_lowercase();
    match run.as_slice() {
        [] => {}
        [word] if is_head && !is_unusual(word) => {
            found.heads.insert(name);
        }
        // `The Hague` stays whole; `In Paris` at the head of a sentence is about Paris.
        [first, rest @ ..] if is_head && !rest.is_empty() && is_small(first) => {
            found.sure.insert(rest.join(" ").to_lowercase());
        }
        _ => {
            found.sure.insert(name);
        }
    }
    run.clear();
}

/// Whether a capitalised word is a name wherever it stands.
fn is_unusual(word: &str) -> bool {
    word.chars().skip(1).any(|c| c.is_uppercase() || c.is_ascii_digit())
}

/// Whether a word is capitalised in English whatever it means.
fn is_pronoun(word: &str) -> bool {
    matches!(word, "I" | "I'm" | "I'll" | "I've" | "I'd" | "I’m" | "I’ll" | "I’ve" | "I’d")
}

/// Whether a word opens sentences without being part of a name.
fn is_small(word: &str) -> bool {
    matches!(
        word,
        "A" | "After"
            | "An"
            | "And"
            | "As"
            | "At"
            | "Before"
            | "But"
            | "By"
            | "Dear"
            | "During"
            | "For"
            | "From"
            | "However"
            | "If"
            | "In"
            | "It"
            | "Its"
            | "Like"
            | "Of"
            | "On"
            | "Since"
            | "So"
            | "That"
            | "These"
            | "This"
            | "To"
            | "Unlike"
            | "When"
            | "While"
            | "With"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(text: &str) -> Vec<String> {
        found(text).sure.into_iter().collect()
    }

    #[test]
    fn names_are_found_where_they_stand() {
        for (text, expected) in [
            ("Boil the water. Then wait 10 minutes.", &["10"][..]),
            ("In Paris we met Marie Curie, and I left.", &["marie curie", "paris"]),
            ("1. Kubernetes\n2. NASA sent 1,000 probes", &["1000", "nasa"]),
            ("- **The Hague** is in Europe", &["europe", "the hague"]),
            ("Alice's cat met Bob, Carol and Dan.", &["bob", "carol", "dan"]),
            ("i am small", &[]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn known_overlaps() {
        for (first, second, expected) in [
            ("nothing here", "nor there", 1.0),
            ("I saw Paris", "nothing", 0.0),
            // Berlin opens the second text: known to be a name from the first.
            ("I saw Paris and Berlin", "Berlin has 3 airports", 1.0 / 3.0),
            ("In 1999 and 2000", "By 2000", 0.5),
        ] {
            assert!((entity_overlap(first, second) - expected).abs() < 1e-12, "{first} / {second}");
        }
    }

    proptest! {
        #[test]
        fn symmetric_within_0_and_1_and_1_for_the_same(a in "[A-Ca-c1 .]{0,40}", b in "[A-Ca-c1 .]{0,40}") {
            let overlap = entity_overlap(&a, &b);
            prop_assert!((0.0..=1.0).contains(&overlap));
            prop_assert_eq!(overlap, entity_overlap(&b, &a));
            prop_assert_eq!(entity_overlap(&a, &a), 1.0);
        }
    }
}
