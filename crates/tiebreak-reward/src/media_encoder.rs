//! From images and clips to embeddings.
//!
//! Files are read and decoded while others run (`media_queue.rs`). Of an animation the first
//! frame counts, and what is transparent lies on white. What is held at once is bounded: a file
//! that is large, or becomes large when decoded, waits until no other such file is in work.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tiebreak_core::{Cancel, ScorerError, Unreadable};
use tiebreak_media::{
    CLIP_MEASURES, Clip, IMAGE_MEASURES, Limits, MediaError, Picture, Probe, clip_measures, decode,
    decode_audio_start, image_measures, probe, read_file,
};

use crate::audio_input::AudioInput;
use crate::engine::Engine;
use crate::image_input::{ImageInput, on_white};
use crate::manifest::{Measures, ModelInput};
use crate::media_queue::{Division, Prepared};
use crate::mel::MelSpectrogram;
use crate::pointwise::tried;
use crate::port::{Input, Output, Values, finite};
use crate::usage::Work;
use crate::{Pack, RewardError, media_queue};

/// Rows of a batch. Larger ones are no faster on a CPU, and take more memory.
const BATCH: usize = 8;
/// Bytes of a file, or of what is decoded of it, from which on only one is in work at once.
const LARGE: u64 = 64_000_000;

/// A media pack's encoder, loaded.
#[derive(Debug)]
pub(crate) struct MediaEncoder {
    engine: Engine,
    reader: Reader,
    /// Outputs of the graph: the vector, then those of measures.
    outputs: Vec<String>,
    /// What follows the vector in an embedding.
    parts: Vec<Part>,
    /// Length of an embedding, measures included; 0 if it is not known.
    embedding_dim: usize,
    measures: Vec<String>,
    batch: usize,
    /// Held while a large file is in work.
    large: Mutex<()>,
}

/// What becomes of a file.
#[derive(Debug)]
enum Reader {
    Image(ImageInput),
    Audio(AudioInput, MelSpectrogram),
}

/// A part of an embedding that is not the graph's vector.
#[derive(Debug)]
enum Part {
    /// An output of the graph with that many columns.
    Output(usize),
    /// Places in the list of measured values.
    Measured(Vec<usize>),
}

/// A file that is ready for the graph.
struct Media {
    rows: Vec<f32>,
    count: usize,
    measured: Vec<f32>,
}

impl Prepared for Media {
    fn rows(&self) -> usize {
        self.count
    }
}

impl MediaEncoder {
    /// Joins a pack's preprocessing to its loaded graph.
    ///
    /// # Errors
    /// If a measure is unknown, or the graph does not do what the manifest says: a grey picture or
    /// a silent patch is tried out.
    pub(crate) fn open(pack: &Pack, engine: Engine) -> Result<Self, RewardError> {
        let manifest = &pack.manifest;
        let bad = |problem: String| RewardError::bad_pack(&pack.dir, problem);
        let reader = match &manifest.input {
            ModelInput::Image(image) => Reader::Image(image.clone()),
            ModelInput::Audio(audio) => Reader::Audio(audio.clone(), MelSpectrogram::new(audio)),
            ModelInput::Text(_) => return Err(bad("reads texts, not files".to_owned())),
        };
        let mut outputs = vec![manifest.output.clone()];
        let (mut parts, mut measures) = (Vec::new(), Vec::new());
        for entry in &manifest.measures {
            match entry {
                Measures::Output { output, names } => {
                    outputs.push(output.clone());
                    parts.push(Part::Output(names.len()));
                    measures.extend_from_slice(names);
                }
                Measures::Measured(names) => {
                    parts.push(Part::Measured(reader.places(names).map_err(bad)?));
                    measures.extend_from_slice(names);
                }
            }
        }
        let batch = match engine.inputs().iter().find(|port| port.name == reader.input()) {
            // A graph for one at a time.
            Some(port) if port.shape.first() == Some(&Some(1)) => 1,
            Some(_) => BATCH,
            None => {
                let inputs: Vec<&str> =
                    engine.inputs().iter().map(|port| port.name.as_str()).collect();
                return Err(RewardError::bad_pack(
                    &pack.model,
                    format!("no input {}; there are {}", reader.input(), inputs.join(", ")),
                ));
            }
        };
        let embedding_dim = match manifest.embedding_dim {
            0 => 0,
            dim => dim + measures.len(),
        };
        let large = Mutex::new(());
        let encoder =
            Self { engine, reader, outputs, parts, embedding_dim, measures, batch, large };
        let rows = vec![0.0; encoder.reader.shape(1).iter().product()];
        let measured = vec![0.0; encoder.reader.names().len()];
        let trial = [(0, Media { rows, count: 1, measured })];
        tried(pack, encoder.run(0, &trial))?;
        Ok(encoder)
    }

    /// The loaded graph.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Length of an embedding, measures included; 0 for a pack that does not state it.
    pub(crate) fn embedding_dim(&self) -> usize {
        self.embedding_dim
    }

    /// What the last numbers of an embedding are.
    pub(crate) fn measures(&self) -> &[String] {
        &self.measures
    }

    /// Embeds files in the order given; a path that is given twice is read once. A file that
    /// cannot be read or decoded, or for which the graph gives a number that is not finite, is
    /// unreadable, and the others have their embeddings.
    ///
    /// # Errors
    /// [`ScorerError::Cancelled`], or what a run of the graph says.
    pub(crate) fn embed(
        &self,
        files: &[&Path],
        cancel: &Cancel,
    ) -> Result<Vec<Result<Vec<f32>, Unreadable>>, ScorerError> {
        let mut unique: Vec<&Path> = Vec::new();
        let mut places = HashMap::new();
        let order: Vec<usize> = files
            .iter()
            .map(|&file| {
                *places.entry(file).or_insert_with(|| {
                    unique.push(file);
                    unique.len() - 1
                })
            })
            .collect();
        let workers = self.engine.workers();
        let division = Division { workers, batch: self.batch, ahead: self.batch + 2 * workers };
        let embeddings = media_queue::run(
            unique.len(),
            division,
            cancel,
            |file| self.prepare(unique[file]),
            |worker, batch| self.run(worker, batch),
        )?;
        let embedding = |place: usize| embeddings[place].clone().flatten();
        Ok(order.into_iter().map(embedding).collect())
    }

    fn prepare(&self, file: &Path) -> Result<Media, Unreadable> {
        let unreadable = |error: MediaError| Unreadable(error.to_string());
        let size = fs::metadata(file).map_err(|error| unreadable(error.into()))?.len();
        let mut alone = (size > LARGE).then(|| self.alone());
        let limits = Limits::default();
        let bytes = read_file(file, &limits).map_err(unreadable)?;
        // How long a clip is does not matter: only its start is decoded.
        let any_length =
            Limits { max_audio_s: f64::INFINITY, max_decoded_bytes: u64::MAX, ..limits };
        match (&self.reader, probe(&bytes, &any_length).map_err(unreadable)?) {
            (Reader::Image(input), Probe::Image(info)) => {
                let decoded = u64::from(info.width) * u64::from(info.height) * 4;
                if decoded > LARGE && alone.is_none() {
                    alone = Some(self.alone());
                }
                let picture = decode(&bytes, &limits).map_err(unreadable)?;
                drop(bytes);
                let media = image(input, picture);
                drop(alone);
                Ok(media)
            }
            (Reader::Audio(input, spectrogram), Probe::Audio(info)) => {
                let seconds = info.duration_s.min(input.max_seconds);
                let samples = seconds * f64::from(info.sample_rate) * f64::from(info.channels);
                if samples as u64 * 4 > LARGE && alone.is_none() {
                    alone = Some(self.alone());
                }
                let clip =
                    decode_audio_start(&bytes, &limits, input.max_seconds).map_err(unreadable)?;
                drop(bytes);
                let media = audio(input, spectrogram, &clip, info.duration_s);
                drop(alone);
                Ok(media)
            }
            (reader, found) => {
                let format = found.format();
                Err(Unreadable(format!("{} where {} is needed", format.name(), reader.needs())))
            }
        }
    }

    fn alone(&self) -> MutexGuard<'_, ()> {
        self.large.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs the rows of some files, a batch at a time, and puts each file's embedding together.
    fn run(
        &self,
        worker: usize,
        files: &[(usize, Media)],
    ) -> Result<Vec<Result<Vec<f32>, Unreadable>>, ScorerError> {
        let per_row: usize = self.reader.shape(1).iter().product();
        let rows: Vec<f32> = files.iter().flat_map(|(_, media)| &media.rows).copied().collect();
        let names: Vec<&str> = self.outputs.iter().map(String::as_str).collect();
        // The values of each output, over all rows.
        let mut values: Vec<Vec<f32>> = vec![Vec::new(); names.len()];
        for chunk in rows.chunks(self.batch * per_row) {
            let count = chunk.len() / per_row;
            let input = Input {
                name: self.reader.input(),
                shape: self.reader.shape(count),
                values: Values::F32(chunk),
            };
            let work = Work { inputs: count as u64, tokens: 0 };
            let outputs = self.engine.run(worker, &[input], &names, work)?;
            for (values, output) in values.iter_mut().zip(outputs) {
                check_rows(&output, count)?;
                values.extend(output.values);
            }
        }
        let all: usize = files.iter().map(|(_, media)| media.count).sum();
        let mut row = 0;
        let embed = |(_, media): &(usize, Media)| {
            let start = row;
            row += media.count;
            Ok(finite(self.embedding(&values, all, start, media)?))
        };
        files.iter().map(embed).collect()
    }

    /// The means over a file's rows, and what was measured on it.
    fn embedding(
        &self,
        values: &[Vec<f32>],
        all: usize,
        start: usize,
        media: &Media,
    ) -> Result<Vec<f32>, ScorerError> {
        let mean = |output: &[f32]| {
            let columns = output.len() / all.max(1);
            let rows = &output[start * columns..(start + media.count) * columns];
            let sum = |column: usize| rows.iter().skip(column).step_by(columns).sum::<f32>();
            (0..columns).map(|column| sum(column) / media.count as f32).collect::<Vec<f32>>()
        };
        let (vector, mut others) = match values.split_first() {
            Some((vector, others)) => (mean(vector), others.iter()),
            None => (Vec::new(), [].iter()),
        };
        let mut embedding = vector;
        for part in &self.parts {
            match part {
                Part::Output(columns) => {
                    let found = others.next().map(|output| mean(output)).unwrap_or_default();
                    if found.len() != *columns {
                        return Err(wrong_length("a measure", found.len(), *columns));
                    }
                    embedding.extend(found);
                }
                Part::Measured(places) => {
                    embedding.extend(places.iter().map(|&place| media.measured[place]));
                }
            }
        }
        if self.embedding_dim > 0 && embedding.len() != self.embedding_dim {
            return Err(wrong_length("an embedding", embedding.len(), self.embedding_dim));
        }
        Ok(embedding)
    }
}

impl Reader {
    fn input(&self) -> &str {
        match self {
            Self::Image(image) => &image.input,
            Self::Audio(audio, _) => &audio.input,
        }
    }

    fn shape(&self, rows: usize) -> Vec<usize> {
        match self {
            Self::Image(image) => image.shape(rows),
            Self::Audio(audio, _) => audio.shape(rows),
        }
    }

    const fn needs(&self) -> &'static str {
        match self {
            Self::Image(_) => "an image",
            Self::Audio(..) => "audio",
        }
    }

    /// The values that can be measured.
    const fn names(&self) -> &'static [&'static str] {
        match self {
            Self::Image(_) => &IMAGE_MEASURES,
            Self::Audio(..) => &CLIP_MEASURES,
        }
    }

    fn places(&self, names: &[String]) -> Result<Vec<usize>, String> {
        let known = self.names();
        let place = |name: &String| {
            let found = known.iter().position(|known| known == name);
            found.ok_or_else(|| format!("measures: \"{name}\"; known are {}", known.join(", ")))
        };
        names.iter().map(place).collect()
    }
}

fn image(input: &ImageInput, picture: Picture) -> Media {
    let (width, height) = (picture.width(), picture.height());
    let pixels = on_white(picture);
    let rows = input.tensor(&pixels, width, height);
    let measured = image_measures(&pixels, width, height).to_vec();
    Media { rows, count: 1, measured }
}

fn audio(input: &AudioInput, spectrogram: &MelSpectrogram, clip: &Clip, duration_s: f64) -> Media {
    let rows = input.patches(spectrogram, clip);
    let count = rows.len() / (input.patch_frames * input.mels);
    Media { rows, count, measured: clip_measures(clip, duration_s).to_vec() }
}

fn check_rows(output: &Output, rows: usize) -> Result<(), ScorerError> {
    match output.shape.first() {
        Some(&found) if found == rows && output.values.len().is_multiple_of(rows.max(1)) => Ok(()),
        _ => Err(ScorerError::BadOutput(format!(
            "an output of shape {:?} for a batch of {rows}",
            output.shape
        ))),
    }
}

fn wrong_length(what: &str, found: usize, expected: usize) -> ScorerError {
    ScorerError::BadOutput(format!("{what} of {found} numbers where the pack says {expected}"))
}
