//! Killing the command line at any moment loses nothing that it acknowledged, and leaves nothing
//! half done.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "what a test asks for must be there, or the test fails"
)]

mod batch;
#[path = "../support/cli.rs"]
mod cli;
mod import;
mod kill;
#[path = "../support/records.rs"]
mod records;
mod routing;
mod scoring;
mod single;
