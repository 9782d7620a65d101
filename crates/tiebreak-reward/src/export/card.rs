//! The model card of an exported reward model: Markdown for people, with everything that the
//! training said of itself at its end.

use std::fmt::Write as _;

use serde_json::Value;
use tiebreak_core::{ContentHash, FeatureSet, RewardHead, SURFACE_FEATURES};

use crate::Pack;
use crate::manifest::{Measures, ModelInput};

/// What a card tells of.
pub(super) struct About<'a> {
    pub(super) pack: &'a Pack,
    pub(super) head: &'a RewardHead,
    /// What the training said of the head.
    pub(super) card: &'a Value,
    pub(super) pack_hash: ContentHash,
}

impl About<'_> {
    /// The card, Markdown.
    pub(super) fn card(&self) -> String {
        let manifest = &self.pack.manifest;
        let mut text = format!(
            "# Reward model: {} with a head trained in Tiebreak\n\n\
             A linear Bradley-Terry head on a frozen encoder, in one ONNX file. The difference of \
             two rewards is the log-odds that people prefer the first answer.\n\n\
             | | |\n|---|---|\n",
            manifest.name
        );
        let mut row = |name: &str, value: &str| {
            // A line break or a bar would end the row.
            let value = value.replace('\n', " ").replace('|', "\\|");
            let _ = writeln!(text, "| {name} | {value} |");
        };
        row("encoder", &format!("{} ({})", manifest.name, manifest.description));
        row("encoder's source", &manifest.source);
        row("encoder's licence", &manifest.licence);
        row("encoder's hash", &self.pack.encoder_hash.to_string());
        row("model's hash", &self.pack_hash.to_string());
        row("modality", manifest.modality.as_str());
        row("head", &format!("{} linear models", self.head.members.len()));
        row("features", self.head.features.describe());
        for (name, key) in [("trained", "trained_at"), ("trained with", "trained_with")] {
            if let Some(value) = self.card[key].as_str() {
                row(name, value);
            }
        }
        for (name, key) in [("pairs", "pairs"), ("prompts", "prompts"), ("labels", "labels")] {
            if let Some(value) = self.card[key].as_u64() {
                row(name, &value.to_string());
            }
        }
        text.push_str(&self.accuracy());
        text.push_str(&self.inputs());
        text.push_str(
            "\n## Limits\n\nIt knows what the labels it was trained on could teach a linear head \
             on this encoder, and nothing else: it judges by surface and topic more than by \
             truth, and its probabilities hold for data like that which it was calibrated on. \
             The labels are not in this file.\n",
        );
        let all = serde_json::to_string_pretty(self.card).unwrap_or_default();
        let _ = write!(text, "\n## Training record\n\n```json\n{all}\n```\n");
        text
    }

    /// The held-out figures that the training gave.
    fn accuracy(&self) -> String {
        let validation = &self.card["cross_validation"];
        // Heads trained before there were reports of quality name their figures otherwise.
        let share = |now: &str, then: &str| match &validation["quality"][now] {
            Value::Null => validation[then].clone(),
            found => found.clone(),
        };
        let rows = [
            ("this model", share("accuracy", "accuracy")),
            ("length only, fitted", share("length_only", "length_only_accuracy")),
            ("the longer one wins", share("longer_wins", "longer_wins_accuracy")),
        ];
        let rows: Vec<String> = rows
            .into_iter()
            .filter_map(|(name, share)| {
                let percent = |part: &str| share[part].as_f64().map(|share| 100.0 * share);
                Some(format!(
                    "| {name} | {:.1} % | {:.1} to {:.1} % | {} |\n",
                    percent("value")?,
                    percent("low")?,
                    percent("high")?,
                    share["n"].as_u64()?
                ))
            })
            .collect();
        if rows.is_empty() {
            return "\n## Accuracy\n\nNot measured.\n".to_owned();
        }
        format!(
            "\n## Accuracy\n\nOn prompts that were not seen in training (cross-validated).\n\n\
             | | pairs judged as people did | 95 % interval | pairs |\n|---|---|---|---|\n{}",
            rows.concat()
        )
    }

    /// How the file is called.
    fn inputs(&self) -> String {
        let manifest = &self.pack.manifest;
        let members = self.head.members.len();
        let outputs = format!(
            "It gives `reward [n]`, the mean of the ensemble, and `member_rewards [n, {members}]`."
        );
        let Some(tokens) = manifest.text() else {
            return self.media_inputs(&outputs);
        };
        let columns = match self.head.features {
            FeatureSet::Text2 => SURFACE_FEATURES.as_slice(),
            FeatureSet::Text1 | FeatureSet::Media1 => &SURFACE_FEATURES[..1],
        };
        format!(
            "\n## Use\n\n`score.py` beside the file scores JSON Lines with `prompt` and `answer`; \
             it needs onnxruntime, tokenizers and numpy. The file takes `{}`, each `[2 n, tokens]` \
             of int64 with rows alternating between a prompt and its answer, and `surface [n, {}]` \
             of float32: {}. The tokenizer is in the metadata (`tiebreak.tokenizer`); texts are \
             cut at {} tokens. {outputs}\n",
            tokens.inputs.join("`, `"),
            columns.len(),
            columns.join(", "),
            tokens.max_length
        )
    }

    /// The same for images and music: there is no script, so everything that is to be done before
    /// is named.
    fn media_inputs(&self, outputs: &str) -> String {
        let manifest = &self.pack.manifest;
        let (input, shape, prepared, row) = match &manifest.input {
            ModelInput::Image(image) => (
                &image.input,
                image.shape(1),
                "`[image]` says how a picture is cropped, resized and scaled",
                "a row is a picture",
            ),
            ModelInput::Audio(audio) => (
                &audio.input,
                audio.shape(1),
                "`[audio]` says how a clip is resampled and made patches of a log-mel spectrogram",
                "a row is a patch, and the reward of a clip is the mean of its patches' rewards",
            ),
            ModelInput::Text(_) => return String::new(),
        };
        let shape: Vec<String> = shape.iter().skip(1).map(ToString::to_string).collect();
        let mut text = format!(
            "\n## Use\n\nNothing here prepares its inputs: no script goes with it, and whoever runs \
             it has to make them. How is in `pack.toml` beside the file, which is also in the \
             metadata (`tiebreak.pack`): {prepared}. Its fields are explained in Tiebreak's \
             documentation of file formats. It describes the encoder alone; `output` and \
             `golden` in it are of the encoder.\n\nThe file takes `{input}`, `[n, {}]` of \
             float32; {row}.",
            shape.join(", ")
        );
        let measured = manifest.measures.iter().find_map(|measures| match measures {
            Measures::Measured(names) => Some(names),
            Measures::Output { .. } => None,
        });
        if let Some(names) = measured {
            let _ = write!(
                text,
                " It also takes `measures [n, {}]` of float32, values measured on the whole file \
                 and repeated for each of its rows, by the formulas in the same documentation: {}.",
                names.len(),
                names.join(", ")
            );
        }
        let _ = writeln!(text, " {outputs}");
        text
    }
}
