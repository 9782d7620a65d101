//! `pack`: making reward model packs.

use serde_json::json;
use tiebreak_reward::convert;

use super::Result;
use crate::args::PackCommand;
use crate::output::Output;

pub fn run(command: PackCommand, output: Output) -> Result {
    match command {
        PackCommand::ConvertMinilm { source, out } => {
            let hash = convert::minilm(
                &source.join("model.safetensors"),
                &source.join("tokenizer.json"),
                &out,
            )?;
            output.print(&json!({ "folder": out, "encoder_hash": hash }), || {
                format!("made the pack {} (encoder {})", out.display(), hash.short())
            });
            Ok(())
        }
    }
}
