//! Files to samples.

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::packet::Packet;

use super::Clip;
use super::opus::OpusStream;
use super::stream::{Stream, audio_format, failed};
use crate::error::contained;
use crate::limits::reserve_working_memory;
use crate::sniff::AudioFormat;
use crate::{AudioCodec, Limits, MediaError};

/// Damaged packets in a row after which the rest of a file is given up.
const MOST_BAD_PACKETS: u32 = 64;

/// Decodes a whole audio file. What the encoder added before the first and after the last sample
/// is cut off wherever the file tells it (LAME tag, Ogg granule positions, Opus pre-skip,
/// edit lists and iTunSMPB of MPEG-4); a raw AAC stream cannot tell.
///
/// Damaged packets are left out and a damaged end is cut off, both with a warning in
/// [`Clip::warnings`]; samples that are not numbers become 0.
///
/// # Errors
/// Those of [`crate::probe`], and [`MediaError::Malformed`] if nothing at all can be decoded.
pub fn decode_audio(bytes: &[u8], limits: &Limits) -> Result<Clip, MediaError> {
    decode_audio_start(bytes, limits, f64::INFINITY)
}

/// As [`decode_audio`], but only the first `most_s` seconds; the rest is not decoded, and may be
/// longer than the limits allow.
///
/// # Errors
/// As [`decode_audio`].
pub fn decode_audio_start(bytes: &[u8], limits: &Limits, most_s: f64) -> Result<Clip, MediaError> {
    limits.check_file(bytes.len() as u64)?;
    let format = audio_format(bytes)?;
    contained(format.name(), || {
        let mut stream = Stream::open(format, bytes)?;
        let before = stream.kept.map_or(0, |kept| kept.start());
        let mut sink =
            Sink { format, limits, most_s, before, clip: None, warnings: Warnings::default() };
        if let Some(frames) = stream.frames {
            let channels = stream.parameters.channels.as_ref().map_or(1, |c| c.count());
            let rate = stream.parameters.sample_rate.unwrap_or(48_000);
            limits.check_audio(frames.min(sink.most_frames(rate)), channels, rate)?;
        }
        let _permit = reserve_working_memory(expected_bytes(&stream, bytes.len(), limits, most_s));
        let mut decoder = Decoder::new(&stream)?;
        decode_packets(&mut stream, &mut decoder, &mut sink)?;
        let kept = stream.kept.take();
        let Some(mut clip) = sink.clip else {
            return Err(MediaError::malformed(format.name(), "nothing in it can be decoded"));
        };
        if let Some(kept) = kept {
            kept.cut(&mut clip);
        }
        let most = (most_s * f64::from(clip.sample_rate)).ceil() as usize;
        clip.samples.iter_mut().for_each(|channel| channel.truncate(most));
        clip.warnings = sink.warnings.into_messages();
        if clip.frames() == 0 {
            return Err(MediaError::malformed(format.name(), "no audio in it"));
        }
        Ok(clip)
    })
}

/// What the decoded clip is expected to take: from the header, or where that does not say, ten
/// times the file, as compressed audio has it.
fn expected_bytes(stream: &Stream<'_>, file_bytes: usize, limits: &Limits, most_s: f64) -> u64 {
    let channels = stream.parameters.channels.as_ref().map_or(2, |channels| channels.count());
    let rate = stream.parameters.sample_rate.unwrap_or(48_000);
    let most = (most_s * f64::from(rate) * 4.0 * channels as f64) as u64;
    let decoded = match stream.frames {
        Some(frames) => frames.saturating_mul(4 * channels as u64),
        None => (file_bytes as u64).saturating_mul(10),
    };
    decoded.min(most).min(limits.max_decoded_bytes)
}

fn decode_packets(
    stream: &mut Stream<'_>,
    decoder: &mut Decoder,
    sink: &mut Sink<'_>,
) -> Result<(), MediaError> {
    let mut bad_in_a_row = 0;
    let mut block = Vec::new();
    while !sink.is_full() {
        let packet = match stream.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => return Ok(()),
            Err(Error::ResetRequired) => {
                sink.warnings.other_stream = true;
                return Ok(());
            }
            Err(_) => {
                sink.warnings.damaged_end = true;
                return Ok(());
            }
        };
        match decoder.decode(&packet, &mut block) {
            Ok(rate) => {
                bad_in_a_row = 0;
                sink.take(rate, &block)?;
            }
            Err(()) => {
                sink.warnings.bad_packets += 1;
                bad_in_a_row += 1;
                if bad_in_a_row >= MOST_BAD_PACKETS {
                    sink.warnings.damaged_end = true;
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

enum Decoder {
    Library(Box<dyn AudioDecoder>),
    Opus(Box<OpusStream>),
}

impl Decoder {
    fn new(stream: &Stream<'_>) -> Result<Self, MediaError> {
        if stream.codec == AudioCodec::Opus {
            let head = stream.parameters.extra_data.as_deref().unwrap_or_default();
            return Ok(Self::Opus(Box::new(OpusStream::new(head)?)));
        }
        symphonia::default::get_codecs()
            .make_audio_decoder(&stream.parameters, &AudioDecoderOptions::default())
            .map(Self::Library)
            .map_err(|error| failed(stream.format, &error))
    }

    /// Decodes one packet into `block`, a vector per channel, and tells the sample rate.
    fn decode(&mut self, packet: &Packet, block: &mut Vec<Vec<f32>>) -> Result<u32, ()> {
        match self {
            Self::Opus(opus) => opus.decode(&packet.data, block),
            Self::Library(decoder) => {
                let decoded = decoder.decode(packet).map_err(|_| ())?;
                decoded.copy_to_vecs_planar(block);
                Ok(decoded.spec().rate())
            }
        }
    }
}

/// Where decoded blocks are put together.
struct Sink<'a> {
    format: AudioFormat,
    limits: &'a Limits,
    /// Seconds of music that are wanted.
    most_s: f64,
    /// Frames before the music.
    before: u64,
    clip: Option<Clip>,
    warnings: Warnings,
}

impl Sink<'_> {
    /// Frames that are decoded at most, those before the music included.
    fn most_frames(&self, sample_rate: u32) -> u64 {
        self.before.saturating_add((self.most_s * f64::from(sample_rate)).ceil() as u64)
    }

    fn is_full(&self) -> bool {
        let clip = self.clip.as_ref();
        clip.is_some_and(|clip| clip.frames() as u64 >= self.most_frames(clip.sample_rate))
    }

    fn take(&mut self, sample_rate: u32, block: &[Vec<f32>]) -> Result<(), MediaError> {
        let frames = block.first().map_or(0, Vec::len);
        if frames == 0 {
            return Ok(());
        }
        if sample_rate == 0 {
            return Err(MediaError::malformed(self.format.name(), "a sample rate of 0"));
        }
        let clip = self.clip.get_or_insert_with(|| Clip {
            sample_rate,
            samples: vec![Vec::new(); block.len()],
            warnings: Vec::new(),
        });
        if clip.sample_rate != sample_rate || clip.channels() != block.len() {
            self.warnings.other_stream = true;
            return Ok(());
        }
        self.limits.check_audio((clip.frames() + frames) as u64, block.len(), sample_rate)?;
        for (channel, block) in clip.samples.iter_mut().zip(block) {
            channel.extend(block.iter().map(|sample| {
                if sample.is_finite() {
                    *sample
                } else {
                    self.warnings.not_numbers = true;
                    0.0
                }
            }));
        }
        Ok(())
    }
}

#[derive(Default)]
struct Warnings {
    bad_packets: u32,
    damaged_end: bool,
    other_stream: bool,
    not_numbers: bool,
}

impl Warnings {
    fn into_messages(self) -> Vec<String> {
        let mut messages = Vec::new();
        if self.bad_packets > 0 {
            messages.push(format!("{} damaged packets were left out", self.bad_packets));
        }
        if self.damaged_end {
            messages.push("the end is damaged and was cut off".to_owned());
        }
        if self.other_stream {
            messages.push("a part of another rate or count of channels was left out".to_owned());
        }
        if self.not_numbers {
            messages.push("samples that are not numbers were made silent".to_owned());
        }
        messages
    }
}
