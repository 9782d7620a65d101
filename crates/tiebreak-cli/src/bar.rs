//! A progress bar with the time left, on standard error; none for programs and pipes.

use std::sync::Mutex;
use std::sync::PoisonError;

use indicatif::{ProgressBar, ProgressStyle};
use tiebreak_app::Watch;
use tiebreak_core::Cancel;

use crate::output::Output;

/// Watches long work with a bar; Ctrl-C cancels it.
pub struct Bar {
    cancel: Cancel,
    bar: Mutex<ProgressBar>,
    hidden: bool,
}

impl Bar {
    /// A bar that stops the work at the next safe point on Ctrl-C, and the program on the second.
    pub fn new(output: Output) -> Self {
        let cancel = Cancel::default();
        let flag = cancel.clone();
        // Fails only if a handler is there already; then Ctrl-C ends the program at once, which
        // every use case survives.
        let _ = ctrlc::set_handler(move || {
            if flag.is_cancelled() {
                std::process::exit(130);
            }
            flag.cancel();
        });
        Self { cancel, bar: Mutex::new(ProgressBar::hidden()), hidden: output.json }
    }

    fn with(&self, work: impl FnOnce(&mut ProgressBar)) {
        work(&mut self.bar.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Watch for Bar {
    fn stage(&self, name: &str, total: Option<u64>) {
        if self.hidden {
            return;
        }
        self.with(|bar| {
            bar.finish_and_clear();
            *bar = match total {
                Some(total) => {
                    let style = ProgressStyle::with_template(
                        "{msg:32!} {wide_bar} {percent:>3}%  {eta} left",
                    );
                    ProgressBar::new(total)
                        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
                }
                None => ProgressBar::new_spinner(),
            };
            bar.set_message(name.to_owned());
        });
    }

    fn advance(&self, done: u64) {
        self.with(|bar| bar.set_position(done));
    }

    fn cancel(&self) -> &Cancel {
        &self.cancel
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.with(|bar| bar.finish_and_clear());
    }
}
