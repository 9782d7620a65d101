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
use crate::output::Output;

fn main() -> ExitCode {
    let args = Args::parse();
    let output = Output { json: args.json };
    match command::run(args.command, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            failure.exit_code()
        }
    }
}
