//! Tokens of a text, as all measures of texts count them.

/// The tokens: runs of letters and digits in lower case, as ROUGE has them without stemming
/// (C.-Y. Lin, 2004), but in any script; characters of scripts that are written without spaces
/// (Chinese characters, kana, Thai and its neighbours) are tokens by themselves.
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut run = String::new();
    for c in text.chars() {
        let is_own = is_unspaced(c);
        if (is_own || !c.is_alphanumeric()) && !run.is_empty() {
            tokens.push(std::mem::take(&mut run));
        }
        if is_own {
            tokens.push(c.to_string());
        } else if c.is_alphanumeric() {
            run.extend(c.to_lowercase());
        }
    }
    if !run.is_empty() {
        tokens.push(run);
    }
    tokens
}

/// Whether a letter belongs to a script that is written without spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}')
        && c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_and_characters_are_tokens() {
        for (text, expected) in [
            ("The cat's 2 mats, ÉTÉ!", &["the", "cat", "s", "2", "mats", "été"][..]),
            ("日本語 ok", &["日", "本", "語", "ok"]),
            ("  --  ", &[]),
        ] {
            assert_eq!(tokens(text), expected, "{text}");
        }
    }
}
