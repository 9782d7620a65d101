//! Ending a program without a word, as a power cut or `kill -9` does.

use std::io::Read;
use std::process::{Child, ExitStatus};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The moments, chosen once for all: a failure can be looked for again.
pub fn moments(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Kills a program. Returns what it had written by then and whether the kill came in time.
pub fn kill(mut child: Child) -> (String, bool) {
    let mut written = String::new();
    // On Unix this is SIGKILL, which no program can catch.
    child.kill().unwrap();
    if let Some(mut output) = child.stdout.take() {
        output.read_to_string(&mut written).unwrap();
    }
    (written, was_killed(child.wait().unwrap()))
}

#[cfg(unix)]
fn was_killed(status: ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(9)
}

#[cfg(not(unix))]
fn was_killed(status: ExitStatus) -> bool {
    !status.success()
}
