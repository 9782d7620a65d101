//! The rules of the code base, as ordinary tests. Each rule is a function from what is there to
//! a list of problems, so that it can be shown to fail on something bad.

mod dependencies;
mod layout;
mod links;
mod page_host;
mod repository;
mod wording;

/// Fails with one problem a line.
#[track_caller]
fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}
