//! From the fields as written to fields that fit each other.

use tiebreak_core::{Modality, ScorerKind};

use super::file::{Label, MeasuresFile, Pair};
use super::{
    Layout, Manifest, ManifestFile, Measures, ModelInput, Pooling, Template, TextInput, Truncation,
};

/// The inputs of text models that we know how to fill.
const KNOWN_INPUTS: [&str; 4] = ["input_ids", "attention_mask", "token_type_ids", "position_ids"];
/// Fewer tokens would leave no room for text between the special ones.
const SHORTEST_MAX_LENGTH: usize = 8;
/// More is a mistake, or an attack on memory: attention grows with the square.
const LONGEST_MAX_LENGTH: usize = 1 << 20;
/// Longer vectors than any encoder has.
const LARGEST_EMBEDDING: usize = 1 << 20;
/// The day that a template takes for today if the pack names none: a fixed one, so that an
/// answer's score is the same tomorrow.
const DATE: &str = "2024-07-26";

/// What is wrong, and the field that it is about, for finding its line.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) field: String,
    pub(crate) text: String,
}

impl Problem {
    fn new(field: &str, text: impl Into<String>) -> Self {
        Self { field: field.to_owned(), text: text.into() }
    }

    /// A problem with a field of a table.
    fn in_table(table: &str, field: &str, text: &str) -> Self {
        let field = format!("{table}.{field}");
        let text = format!("{field}: {text}");
        Self { field, text }
    }
}

fn need<T>(field: &str, value: Option<T>) -> Result<T, Problem> {
    value.ok_or_else(|| Problem::new(field, format!("missing field `{field}`")))
}

/// Refuses a field that means nothing for this pack, rather than ignoring it.
fn no_use<T>(field: &str, value: Option<&T>, why: &str) -> Result<(), Problem> {
    match value {
        Some(_) => Err(Problem::new(field, format!("{field} has no meaning for {why}"))),
        None => Ok(()),
    }
}

impl ManifestFile {
    /// The finished manifest.
    ///
    /// # Errors
    /// The first field that is missing or does not fit.
    pub(crate) fn finish(self) -> Result<Manifest, Problem> {
        let name = need("name", self.name.clone())?;
        check_name(&name)?;
        let modality = need("modality", self.modality)?;
        let kind = need("kind", self.kind)?;
        let model = need("model", self.model.clone())?;
        let output = need("output", self.output.clone())?;
        if kind == ScorerKind::Pairwise && modality != Modality::Text {
            let text = "kind = \"pairwise\" is supported for texts only";
            return Err(Problem::new("kind", text));
        }
        let embedding_dim = if kind == ScorerKind::Encoder {
            no_use("label", self.label.as_ref(), "an encoder")?;
            let dim = need("embedding_dim", self.embedding_dim)?;
            if dim == 0 || dim > LARGEST_EMBEDDING {
                let text = format!("embedding_dim is {dim}, not 1 to {LARGEST_EMBEDDING}");
                return Err(Problem::new("embedding_dim", text));
            }
            dim
        } else {
            let other = format!("kind = \"{}\"", kind.as_str());
            no_use("embedding_dim", self.embedding_dim.as_ref(), &other)?;
            0
        };
        let label = match &self.label {
            None => None,
            Some(Label::Column(column)) => Some(*column),
            Some(Label::Name(name)) => {
                let text = format!(
                    "label = \"{name}\": a label is called by its name only with format = \
                     \"hugging-face\"; else give its place, from 0"
                );
                return Err(Problem::new("label", text));
            }
        };
        let measures = measures(self.measures.as_deref().unwrap_or_default(), modality, kind)?;
        let head = Manifest {
            name,
            description: self.description.clone().unwrap_or_default(),
            source: self.source.clone().unwrap_or_default(),
            licence: need("licence", self.licence.clone())?,
            modality,
            kind,
            model,
            output,
            embedding_dim,
            label,
            measures,
            golden: self.golden.clone(),
            input: self.input(modality, kind)?,
        };
        Ok(head)
    }

    fn input(self, modality: Modality, kind: ScorerKind) -> Result<ModelInput, Problem> {
        let what = format!("modality = \"{}\"", modality.as_str());
        if modality != Modality::Image {
            no_use("image", self.image.as_ref(), &what)?;
        }
        if modality != Modality::Music {
            no_use("audio", self.audio.as_ref(), &what)?;
        }
        if modality == Modality::Text {
            return Ok(ModelInput::Text(self.text(kind)?));
        }
        no_use("tokenizer", self.tokenizer.as_ref(), &what)?;
        no_use("inputs", self.inputs.as_ref(), &what)?;
        no_use("max_length", self.max_length.as_ref(), &what)?;
        no_use("pooling", self.pooling.as_ref(), &what)?;
        no_use("chat_template", self.chat_template.as_ref(), &what)?;
        no_use("pair_template", self.pair_template.as_ref(), &what)?;
        no_use("pair", self.pair.as_ref(), &what)?;
        if modality == Modality::Image {
            let image = need("image", self.image)?;
            image.check().map_err(|(field, text)| Problem::in_table("image", field, &text))?;
            Ok(ModelInput::Image(image))
        } else {
            let audio = need("audio", self.audio)?;
            audio.check().map_err(|(field, text)| Problem::in_table("audio", field, &text))?;
            Ok(ModelInput::Audio(audio))
        }
    }

    fn text(mut self, kind: ScorerKind) -> Result<TextInput, Problem> {
        let tokenizer = need("tokenizer", self.tokenizer.take())?;
        let inputs = need("inputs", self.inputs.take())?;
        if let Some(input) = inputs.iter().find(|i| !KNOWN_INPUTS.contains(&i.as_str())) {
            let text = format!("inputs has \"{input}\"; known are {}", KNOWN_INPUTS.join(", "));
            return Err(Problem::new("inputs", text));
        }
        if !inputs.iter().any(|input| input == "input_ids") {
            return Err(Problem::new("inputs", "inputs lacks \"input_ids\""));
        }
        let pooling = match kind {
            ScorerKind::Encoder => need("pooling", self.pooling)?,
            _ => self.pooling.unwrap_or(Pooling::InGraph),
        };
        if kind != ScorerKind::Encoder && pooling == Pooling::Mean {
            let text = "pooling = \"mean\" has no meaning for a reward; \"in-graph\", \"first\" \
                        and \"last\" are there";
            return Err(Problem::new("pooling", text));
        }
        let normalise = self.normalise.unwrap_or(false);
        if kind != ScorerKind::Encoder && normalise {
            return Err(Problem::new("normalise", "normalise has a meaning for encoders only"));
        }
        let max_length = need("max_length", self.max_length)?;
        if !(SHORTEST_MAX_LENGTH..=LONGEST_MAX_LENGTH).contains(&max_length) {
            let (side, limit) = if max_length < SHORTEST_MAX_LENGTH {
                ("below", SHORTEST_MAX_LENGTH)
            } else {
                ("above", LONGEST_MAX_LENGTH)
            };
            let text = format!("max_length = {max_length} is {side} {limit}");
            return Err(Problem::new("max_length", text));
        }
        Ok(TextInput {
            tokenizer,
            pooling,
            normalise,
            max_length,
            truncation: self.truncation.unwrap_or(Truncation::End),
            pad_id: self.pad_id.unwrap_or(0),
            // Without a mask the graph could not tell filling from text.
            padded: self.padded.unwrap_or(true)
                && inputs.iter().any(|input| input == "attention_mask"),
            inputs,
            layout: self.layout(kind)?,
        })
    }

    fn layout(self, kind: ScorerKind) -> Result<Layout, Problem> {
        let other = format!("kind = \"{}\"", kind.as_str());
        if kind != ScorerKind::Pointwise {
            no_use("chat_template", self.chat_template.as_ref(), &other)?;
        }
        if kind != ScorerKind::Pairwise {
            no_use("pair_template", self.pair_template.as_ref(), &other)?;
        }
        if kind == ScorerKind::Encoder {
            no_use("pair", self.pair.as_ref(), "an encoder")?;
            return Ok(Layout::Joined);
        }
        let (file, text) = match (self.chat_template.or(self.pair_template), self.found_template) {
            (Some(_), _) if self.pair.is_some() => {
                let text = "pair and a template exclude each other";
                return Err(Problem::new("pair", text));
            }
            (Some(file), _) => (file, String::new()),
            (None, Some(found)) => found,
            (None, None) => {
                return match self.pair {
                    Some(Pair::Joined) if kind == ScorerKind::Pairwise => {
                        let text = "pair = \"joined\" has no meaning for two answers; use \
                                    \"segments\" or pair_template";
                        Err(Problem::new("pair", text))
                    }
                    Some(Pair::Joined) => Ok(Layout::Joined),
                    Some(Pair::Segments) | None => Ok(Layout::Segments),
                };
            }
        };
        let date = self.date.unwrap_or_else(|| DATE.to_owned());
        if chrono::NaiveDate::parse_from_str(&date, "%Y-%m-%d").is_err() {
            return Err(Problem::new("date", format!("date = \"{date}\" is not YYYY-MM-DD")));
        }
        let tokens = self.tokens.unwrap_or_default().into_iter().collect();
        Ok(Layout::Template(Template { file, text, tokens, date }))
    }
}

/// A name is also that of the folder that the pack is installed into.
pub(crate) fn check_name(name: &str) -> Result<(), Problem> {
    const LONGEST: usize = 64;
    if name.trim().is_empty() {
        return Err(Problem::new("name", "name is empty"));
    }
    if name.chars().count() > LONGEST || name.chars().any(char::is_control) {
        let text = format!("name is longer than {LONGEST} characters, or has control characters");
        return Err(Problem::new("name", text));
    }
    Ok(())
}

fn measures(
    entries: &[MeasuresFile],
    modality: Modality,
    kind: ScorerKind,
) -> Result<Vec<Measures>, Problem> {
    if !entries.is_empty() && (modality == Modality::Text || kind != ScorerKind::Encoder) {
        let text = "measures have a meaning for encoders of images and music only";
        return Err(Problem::new("measures", text));
    }
    let entry = |entry: &MeasuresFile| match (&entry.output, &entry.names, &entry.measured) {
        (Some(output), Some(names), None) if !names.is_empty() => {
            Ok(Measures::Output { output: output.clone(), names: names.clone() })
        }
        (None, None, Some(names)) if !names.is_empty() => Ok(Measures::Measured(names.clone())),
        _ => Err(Problem::new(
            "measures",
            "an entry of measures has either `output` and `names`, or `measured`",
        )),
    };
    entries.iter().map(entry).collect()
}
