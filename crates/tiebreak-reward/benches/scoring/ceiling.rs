//! What the machine can do at most, and what the encoder spends its time on.

use std::error::Error;

use tempfile::TempDir;
use tiebreak_reward::measure::{EncoderShape, Products, profile};
use tiebreak_reward::{OpenOptions, Pack};
use tokenizers::{Tokenizer, TruncationParams};

/// Of all-MiniLM-L6-v2.
const SHAPE: EncoderShape = EncoderShape { layers: 6, hidden: 384, heads: 12, inner: 1536 };

/// The encoder's matrix products for some texts.
pub struct Ceiling {
    products: Products,
    lengths: Vec<usize>,
    scratch: TempDir,
}

impl Ceiling {
    pub fn open(
        pack: &Pack,
        texts: &[&str],
        options: &OpenOptions,
    ) -> Result<Self, Box<dyn Error>> {
        let scratch = tempfile::tempdir()?;
        let products = Products::open(SHAPE, scratch.path(), options)?;
        let lengths = lengths(pack, texts)?;
        products.run(&lengths)?;
        Ok(Self { products, lengths, scratch })
    }

    /// Seconds for the products of all texts.
    pub fn run(&self) -> Result<f64, Box<dyn Error>> {
        Ok(self.products.run(&self.lengths)?)
    }

    /// The work in billions of operations, without padding.
    pub fn gflop(&self) -> f64 {
        self.lengths.iter().map(|&tokens| SHAPE.flops(tokens)).sum::<f64>() / 1e9
    }

    /// Prints where the time of the encoder goes.
    pub fn profile(
        &self,
        pack: &Pack,
        texts: &[&str],
        options: &OpenOptions,
    ) -> Result<(), Box<dyn Error>> {
        let times = profile(pack, texts, self.scratch.path(), options)?;
        let all: f64 = times.iter().map(|time| time.seconds).sum();
        println!("\nwhere the time goes: each text once, one core, {all:.2} s inside operators");
        for time in times.iter().filter(|time| time.seconds > all / 500.0) {
            let share = 100.0 * time.seconds / all;
            println!("  {:<24} {:>6.2} s {share:>5.1} %", time.operator, time.seconds);
        }
        Ok(())
    }
}

/// Number of tokens of each text, cut at the pack's maximum.
pub fn lengths(pack: &Pack, texts: &[&str]) -> Result<Vec<usize>, Box<dyn Error>> {
    let text = pack.manifest.text().ok_or("a pack that reads no texts")?;
    let file = pack.tokenizer.as_ref().ok_or("a pack without a tokenizer")?;
    let mut tokenizer = Tokenizer::from_file(file).map_err(|e| e.to_string())?;
    let truncation =
        TruncationParams { max_length: text.max_length, ..TruncationParams::default() };
    tokenizer.with_padding(None).with_truncation(Some(truncation)).map_err(|e| e.to_string())?;
    let mut lengths = Vec::with_capacity(texts.len());
    for text in texts {
        lengths.push(tokenizer.encode_fast(*text, true).map_err(|e| e.to_string())?.len());
    }
    Ok(lengths)
}
