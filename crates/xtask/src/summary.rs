//! The steps of a check, how they ended, and how long they took.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::error::XtaskError;
use crate::process;

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All is well.
    Passed,
    /// Something is wrong; the text says what.
    Failed(String),
    /// Not run; the text says why.
    Skipped(String),
}

/// What a step that may be skipped reports.
pub enum Outcome {
    /// It ran.
    Done,
    /// It did not, and why.
    Skipped(String),
}

/// The steps so far.
#[derive(Default)]
pub struct Summary {
    steps: Vec<(String, Ending, Duration)>,
}

impl Summary {
    /// Runs a step and records how it ended. Returns whether it passed.
    pub fn step(&mut self, name: &str, work: impl FnOnce() -> Result<(), XtaskError>) -> bool {
        self.optional(name, || work().map(|()| Outcome::Done))
    }

    /// Runs a step that may skip itself. Returns whether it passed.
    pub fn optional(
        &mut self,
        name: &str,
        work: impl FnOnce() -> Result<Outcome, XtaskError>,
    ) -> bool {
        process::say(&format!("\n### {name}"));
        let start = Instant::now();
        let ending = match work() {
            Ok(Outcome::Done) => Ending::Passed,
            Ok(Outcome::Skipped(reason)) => {
                process::say(&format!("skipped: {reason}"));
                Ending::Skipped(reason)
            }
            Err(error) => {
                process::say(&format!("error: {error}"));
                if let Some(hint) = error.hint() {
                    process::say(&format!("hint: {hint}"));
                }
                Ending::Failed(error.to_string())
            }
        };
        let passed = ending == Ending::Passed;
        self.steps.push((name.to_owned(), ending, start.elapsed()));
        passed
    }

    /// Records a step that cannot run because an earlier one failed.
    pub fn leave_out(&mut self, name: &str, after: &str) {
        let reason = format!("{after} failed");
        self.steps.push((name.to_owned(), Ending::Skipped(reason), Duration::ZERO));
    }

    /// Whether no step failed.
    pub fn is_clean(&self) -> bool {
        self.count(|ending| matches!(ending, Ending::Failed(_))) == 0
    }

    /// The table of steps, closed by a line of counts.
    pub fn table(&self) -> String {
        let width = self.steps.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
        let mut table = String::new();
        for (name, ending, duration) in &self.steps {
            let (word, detail) = match ending {
                Ending::Passed => ("passed", ""),
                Ending::Failed(what) => ("FAILED", what.as_str()),
                Ending::Skipped(why) => ("skipped", why.as_str()),
            };
            let seconds = duration.as_secs_f64();
            let line = format!("{name:width$}  {word:7}  {seconds:7.1} s  {detail}");
            let _ = writeln!(table, "{}", line.trim_end());
        }
        let passed = self.count(|ending| *ending == Ending::Passed);
        let failed = self.count(|ending| matches!(ending, Ending::Failed(_)));
        let skipped = self.steps.len() - passed - failed;
        if skipped > 0 {
            let _ = writeln!(table, "{skipped} skipped");
        }
        let _ = write!(table, "{passed} passed, {failed} failed");
        table
    }

    fn count(&self, wanted: impl Fn(&Ending) -> bool) -> usize {
        self.steps.iter().filter(|(_, ending, _)| wanted(ending)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_closing_line() {
        let mut summary = Summary::default();
        assert!(summary.step("format", || Ok(())));
        assert!(summary.is_clean());
        assert!(!summary.optional("licences", || Ok(Outcome::Skipped("no cargo-deny".into()))));
        assert!(summary.is_clean());
        let fail = || XtaskError::Missing { what: "no compiler".into(), hint: "get one".into() };
        assert!(!summary.step("build", || Err(fail())));
        summary.leave_out("tests", "build");
        assert!(!summary.is_clean());
        let table = summary.table();
        let lines: Vec<_> = table.lines().collect();
        assert!(lines[0].starts_with("format    passed"), "{table}");
        assert!(lines[2].ends_with("no compiler"), "{table}");
        assert!(lines[3].ends_with("build failed"), "{table}");
        assert_eq!(lines[4..], ["2 skipped", "1 passed, 1 failed"]);
    }
}
