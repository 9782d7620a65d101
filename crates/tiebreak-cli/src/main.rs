//! `tiebreak`: the use cases on the command line.
//!
//! Reads options, calls tiebreak-app, prints what came back. With `--json` each command prints
//! one JSON document on standard output (`judge --batch` prints one line per judgment), and an
//! error is one JSON document on standard error.

mod args;
mod bar;
mod command;
mod failure;
mod output;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Args;
use crate::failure::Failure;
use crate::output::Output;

/// Import and export hand rows from thread to thread, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Help and versions are text; a wrong option is an error like any other.
fn usage(error: &clap::Error) -> ExitCode {
    let json = std::env::args_os().any(|argument| argument == "--json");
    if !json || !error.use_stderr() {
        error.exit();
    }
    let text = error.render().to_string();
    let message = text.trim_start_matches("error: ").lines().next().unwrap_or_default();
    let failure = Failure::new("bad_input", message, Some("`tiebreak help` lists the options"));
    Output { json }.failure(&failure);
    failure.exit_code()
}

fn main() -> ExitCode {
    if let Some(code) = tiebreak_reward::isolated::run_if_asked() {
        return code;
    }
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage(&error),
    };
    let output = Output { json: args.json };
    match command::run(args.command, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            failure.exit_code()
        }
    }
}
