//! `pack`: making reward model packs.

use serde_json::json;
use tiebreak_reward::convert::{self, Published};

use super::Result;
use crate::args::{PackCommand, PublishedArg};
use crate::output::Output;

pub fn run(command: PackCommand, output: Output) -> Result {
    match command {
        PackCommand::Convert { model, source, out } => {
            let published = match model {
                PublishedArg::Minilm => Published::Minilm,
                PublishedArg::EfficientnetLite0 => Published::EfficientnetLite0,
                PublishedArg::Musicnn => Published::Musicnn,
            };
            let hash = convert::convert(published, &source, &out)?;
            output.print(&json!({ "folder": out, "encoder_hash": hash }), || {
                format!("made the pack {} (encoder {})", out.display(), hash.short())
            });
            Ok(())
        }
    }
}
