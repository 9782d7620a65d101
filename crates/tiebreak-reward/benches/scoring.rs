//! Throughput of text scoring.

fn main() {}
