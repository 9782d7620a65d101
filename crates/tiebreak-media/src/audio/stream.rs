//! The container: which stream of a file is played, how it is coded, how long it is.

use std::borrow::Cow;
use std::io::Cursor;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, well_known as ids};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::TimeBase;

use super::gapless::{self, Kept};
use super::opus;
use crate::error::contained;
use crate::sniff::{AudioFormat, MediaFormat, sniff};
use crate::{AudioCodec, AudioInfo, Limits, MediaError};

/// A FLAC file with the block sizes that its frames have. Some encoders count the last, shorter
/// block in and so announce blocks of varying size (RFC 9639, section 8.2, leaves it out), of
/// which the reader then finds none.
fn with_sizes(bytes: &[u8]) -> Cow<'_, [u8]> {
    // The marker, the header of the first metadata block, its smallest and largest block size.
    let Some(([b'f', b'L', b'a', b'C', 0 | 0x80, _, _, _, a, b, c, d], _)) =
        bytes.split_first_chunk::<12>()
    else {
        return Cow::Borrowed(bytes);
    };
    let is_fixed = first_frame(bytes).is_some_and(|frame| frame.starts_with(&[0xff, 0xf8]));
    if [a, b] == [c, d] || !is_fixed {
        return Cow::Borrowed(bytes);
    }
    let mut patched = bytes.to_vec();
    patched.copy_within(10..12, 8);
    Cow::Owned(patched)
}

/// What follows the metadata blocks of a FLAC file.
fn first_frame(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.get(4..)?;
    loop {
        let (header, after) = rest.split_first_chunk::<4>()?;
        let [kind, length @ ..] = *header;
        let length = length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        rest = after.get(length..)?;
        if kind & 0x80 != 0 {
            return Some(rest);
        }
    }
}

/// An opened file, before its first packet.
pub(crate) struct Stream<'a> {
    pub format: AudioFormat,
    pub codec: AudioCodec,
    pub parameters: AudioCodecParameters,
    /// Which decoded frames are music, where only the container knows.
    pub kept: Option<Kept>,
    /// Frames to be played, if the header says so.
    pub frames: Option<u64>,
    reader: Box<dyn FormatReader + 'a>,
    track: u32,
    time_base: Option<TimeBase>,
    /// More packets than this no file of its size has.
    packets_left: u64,
}

impl<'a> Stream<'a> {
    /// Opens the first stream of audio.
    pub(crate) fn open(format: AudioFormat, bytes: &'a [u8]) -> Result<Self, MediaError> {
        let source =
            MediaSourceStream::new(Box::new(Cursor::new(with_sizes(bytes))), Default::default());
        let reader = symphonia::default::get_probe()
            .probe(&Hint::new(), source, FormatOptions::default(), MetadataOptions::default())
            .map_err(|error| failed(format, &error))?;
        let track = reader
            .default_track(TrackType::Audio)
            .ok_or_else(|| MediaError::malformed(format.name(), "no audio in it"))?;
        let Some(CodecParameters::Audio(parameters)) = track.codec_params.clone() else {
            return Err(MediaError::unsupported(format.name(), "a codec that is not known"));
        };
        let codec = codec(parameters.codec)
            .ok_or_else(|| MediaError::unsupported(format.name(), "a codec that is not known"))?;
        let rate = parameters.sample_rate.unwrap_or_default();
        let kept = match (format, codec) {
            (AudioFormat::M4a, _) => gapless::kept(bytes, rate),
            (_, AudioCodec::Opus) => {
                let head = parameters.extra_data.as_deref().unwrap_or_default();
                opus::kept(head, track.num_frames)
            }
            _ => None,
        };
        let frames = match format {
            AudioFormat::Wav | AudioFormat::Flac => track.num_frames,
            AudioFormat::Ogg => match &kept {
                Some(kept) => track.num_frames.map(|last| kept.of(last)),
                None => track.num_frames,
            },
            // Without the tag of LAME it is an estimate.
            AudioFormat::Mp3 => track.num_frames.filter(|_| track.delay.is_some()),
            // The headers do not know what is cut off.
            AudioFormat::Adts | AudioFormat::M4a => None,
        };
        Ok(Self {
            format,
            codec,
            kept,
            frames,
            track: track.id,
            time_base: track.time_base,
            parameters,
            reader,
            packets_left: bytes.len() as u64 + 16,
        })
    }

    /// The next packet of the stream; none at the end.
    pub(crate) fn next_packet(&mut self) -> Result<Option<Packet>, Error> {
        while self.packets_left > 0 {
            self.packets_left -= 1;
            match self.reader.next_packet()? {
                Some(packet) if packet.track_id == self.track => return Ok(Some(packet)),
                Some(_) => {}
                None => return Ok(None),
            }
        }
        Err(Error::LimitError("more packets than bytes"))
    }

    /// Frames to be played, counted over all packets where no header tells.
    fn count_frames(&mut self, rate: u32) -> u64 {
        if let Some(frames) = self.frames {
            return frames;
        }
        let mut ticks = 0_u64;
        // A damaged end is found again, and reported, when decoding.
        while let Ok(Some(packet)) = self.next_packet() {
            ticks = ticks.saturating_add(packet.dur.get());
        }
        let frames = match self.time_base {
            Some(base) => {
                let per_tick = u128::from(base.numer.get()) * u128::from(rate);
                (u128::from(ticks) * per_tick / u128::from(base.denom.get())) as u64
            }
            None => ticks,
        };
        match &self.kept {
            Some(kept) => kept.of(frames),
            None => frames,
        }
    }
}

/// Reads what the headers say.
pub(crate) fn probe(
    format: AudioFormat,
    bytes: &[u8],
    limits: &Limits,
) -> Result<AudioInfo, MediaError> {
    contained(format.name(), || {
        let mut stream = Stream::open(format, bytes)?;
        let malformed = |detail| MediaError::malformed(format.name(), detail);
        let sample_rate = stream.parameters.sample_rate.unwrap_or_default();
        let channels = stream.parameters.channels.as_ref().map_or(0, |channels| channels.count());
        // Some headers of AAC leave both to the first packet.
        if sample_rate == 0 || channels == 0 {
            return Err(malformed("no sample rate or no channels"));
        }
        let frames = stream.count_frames(sample_rate);
        if frames == 0 {
            return Err(malformed("no audio in it"));
        }
        limits.check_audio(frames, channels, sample_rate)?;
        Ok(AudioInfo {
            format,
            codec: stream.codec,
            sample_rate,
            channels: channels as u16,
            frames,
            duration_s: frames as f64 / f64::from(sample_rate),
        })
    })
}

pub(crate) fn audio_format(bytes: &[u8]) -> Result<AudioFormat, MediaError> {
    match sniff(bytes) {
        Some(MediaFormat::Audio(format)) => Ok(format),
        Some(MediaFormat::Image(format)) => {
            Err(MediaError::WrongKind { needed: "audio", found: format.name() })
        }
        None => Err(MediaError::UnknownFormat),
    }
}

pub(crate) fn failed(format: AudioFormat, error: &Error) -> MediaError {
    match error {
        Error::Unsupported(detail) => MediaError::unsupported(format.name(), detail),
        error => MediaError::malformed(format.name(), error),
    }
}

fn codec(id: AudioCodecId) -> Option<AudioCodec> {
    Some(match id {
        ids::CODEC_ID_FLAC => AudioCodec::Flac,
        ids::CODEC_ID_MP3 => AudioCodec::Mp3,
        ids::CODEC_ID_VORBIS => AudioCodec::Vorbis,
        ids::CODEC_ID_OPUS => AudioCodec::Opus,
        ids::CODEC_ID_AAC => AudioCodec::Aac,
        ids::CODEC_ID_ALAC => AudioCodec::Alac,
        ids::CODEC_ID_PCM_ALAW
        | ids::CODEC_ID_PCM_MULAW
        | ids::CODEC_ID_PCM_U8
        | ids::CODEC_ID_PCM_S8
        | ids::CODEC_ID_PCM_S16LE
        | ids::CODEC_ID_PCM_S16BE
        | ids::CODEC_ID_PCM_S24LE
        | ids::CODEC_ID_PCM_S24BE
        | ids::CODEC_ID_PCM_S32LE
        | ids::CODEC_ID_PCM_S32BE
        | ids::CODEC_ID_PCM_F32LE
        | ids::CODEC_ID_PCM_F32BE
        | ids::CODEC_ID_PCM_F64LE
        | ids::CODEC_ID_PCM_F64BE => AudioCodec::Pcm,
        _ => return None,
    })
}
