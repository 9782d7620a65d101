//! The generator of the sample studies: draws the image pairs and plays the music clips that
//! `sample-data/` holds. The same files on every machine, from seeds chosen once: all arithmetic
//! is done here or by `libm`, never by the system's mathematics. `cargo xtask sample-data` calls
//! it. It reads nothing but the digests of the clips that are there.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

mod error;
mod image;
mod manifest;
mod music;
mod output;
mod random;

use std::path::Path;
use std::process::ExitCode;

use error::SampleError;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: tiebreak-sample-data FOLDER");
        return ExitCode::from(2);
    };
    match write(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path) -> Result<(), SampleError> {
    image::write(&folder.join("images"))?;
    music::write(&folder.join("music"))
}
