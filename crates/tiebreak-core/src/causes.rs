//! An error as people read it: what happened, and what caused it.

use std::error::Error;

/// An error with all its causes on one line, the outermost first. A cause whose text an error
/// before it repeats is not said twice.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        source = cause.source();
    }
    text.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Said {
        text: &'static str,
        source: Option<Box<Said>>,
    }

    fn chain(texts: &[&'static str]) -> Option<Box<Said>> {
        let (&text, causes) = texts.split_first()?;
        Some(Box::new(Said { text, source: chain(causes) }))
    }

    #[test]
    fn every_cause_is_said_once_on_one_line() {
        for (texts, expected) in [
            (&["it failed"][..], "it failed"),
            (&["cannot read", "no such file"], "cannot read: no such file"),
            (&["a", "b\nc", "d"], "a: b c: d"),
            (&["cannot read: gone", "gone", "disk"], "cannot read: gone: disk"),
        ] {
            assert_eq!(with_causes(chain(texts).unwrap().as_ref()), expected);
        }
    }
}
