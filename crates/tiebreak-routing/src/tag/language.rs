//! Whether a text is in English, by its script and its commonest words: closer to the truth than
//! an English encoder, to which all other languages look alike.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::tokens;

/// Common words of English that are no common words of the others.
const ENGLISH: &str = "the and of to is that it for you with this are be on have what how my not \
                       can your from which would if about there we they at who why when where \
                       write make give list tell explain describe create me";
/// Common words of other languages in the Latin script that are no English words.
const OTHERS: &str = "der das und ist nicht ein eine mit auf für zu den dem wie ich sie es von auch \
                      le les une est dans que qui pour pas sur avec des du vous nous et la \
                      el los las un una por para con como del es y lo se \
                      il gli di che non per sono della dei \
                      os uma não com mais dos em do da na no \
                      het een van niet voor dat zijn ik \
                      och att det som är inte på jag av \
                      og er til på ikke jeg \
                      nie w na z się jest to bir ve bu için";

/// Whether a text is in English. Of letters, at most a third may be of other scripts; then its
/// common words decide, and without any of them that it has no accented letters.
pub fn is_english(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let (mut all, mut plain, mut latin) = (0u32, 0u32, 0u32);
    for c in letters {
        all += 1;
        plain += u32::from(c.is_ascii());
        latin += u32::from(c <= '\u{024f}');
    }
    if 3 * (all - latin) > all {
        return false;
    }
    static WORDS: LazyLock<[HashSet<&str>; 2]> =
        LazyLock::new(|| [ENGLISH, OTHERS].map(|list| list.split_whitespace().collect()));
    let [english_words, other_words] = &*WORDS;
    let (mut english, mut others) = (0, 0);
    for word in tokens(text) {
        if english_words.contains(word.as_str()) {
            english += 1;
        } else if other_words.contains(word.as_str()) {
            others += 1;
        }
    }
    if english + others == 0 { plain == all } else { english >= others }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart() {
        for (text, expected) in [
            ("What is the capital of France?", true),
            ("Sort a list in Python", true),
            ("2 + 2 =", true),
            ("", true),
            ("Translate 'ich bin müde' to English and say what it means", true),
            ("Schreibe ein Gedicht über den Herbst", false),
            ("¿Cuál es la capital de Francia?", false),
            ("Quelle est la capitale de la France ?", false),
            ("Qual é a capital da França?", false),
            ("フランスの首都はどこですか", false),
            ("ما هي عاصمة فرنسا؟", false),
            ("Какая столица Франции?", false),
            ("Explain 水 in one sentence", true),
        ] {
            assert_eq!(is_english(text), expected, "{text}");
        }
    }
}
