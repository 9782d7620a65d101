//! Opus in Ogg: the demuxer is symphonia's, the decoder a crate of its own.
//!
//! Header: RFC 7845, 5.1. Decoding is at 48 kHz, whatever the rate before encoding was.

use opus_rs::multistream::{ChannelMappingTable, MultistreamDecoder};

use super::gapless::Kept;
use crate::MediaError;

/// Samples of a channel in the longest packet: 120 ms.
const LONGEST_PACKET: usize = 5_760;

const SAMPLE_RATE: u32 = 48_000;

/// What of a stream is music: without the first samples that the header names (4.2), and up to
/// the last granule position, which counts those (4.4). `last` is that position.
pub(crate) fn kept(head: &[u8], last: Option<u64>) -> Option<Kept> {
    let [low, high] = *head.get(10..12)?.as_array()?;
    let skipped = u64::from(u16::from_le_bytes([low, high]));
    Some(Kept::new(skipped, last.map(|last| last.saturating_sub(skipped))))
}

pub(crate) struct OpusStream {
    decoder: MultistreamDecoder,
    channels: usize,
    /// Places of the decoded channels in the order of WAV.
    order: &'static [usize],
    /// Factor that the header asks for.
    gain: f32,
    interleaved: Vec<f32>,
}

impl OpusStream {
    /// Takes the identification header.
    pub(crate) fn new(head: &[u8]) -> Result<Self, MediaError> {
        let malformed = |detail: &str| MediaError::malformed("Opus", detail);
        let fixed = head
            .strip_prefix(b"OpusHead")
            .filter(|fixed| fixed.len() >= 11)
            .ok_or_else(|| malformed("no identification header"))?;
        let (channels, family) = (fixed[1], fixed[10]);
        let gain = i16::from_le_bytes([fixed[8], fixed[9]]);
        let table = match (family, channels) {
            (_, 0) => None,
            (0, 1 | 2) => Some(ChannelMappingTable {
                channels,
                stream_count: 1,
                coupled_count: channels - 1,
                mapping: (0..channels).collect(),
            }),
            (1 | 255, _) => ChannelMappingTable::parse(family, channels, &fixed[11..]),
            _ => None,
        };
        let table = table
            .filter(is_consistent)
            .ok_or_else(|| MediaError::unsupported("Opus", "this mapping of channels"))?;
        let decoder = MultistreamDecoder::new(SAMPLE_RATE as i32, table).map_err(malformed)?;
        let channels = usize::from(channels);
        Ok(Self {
            decoder,
            channels,
            order: if family == 1 { wav_order(channels) } else { &[] },
            // Q7.8 dB.
            gain: 10_f32.powf(f32::from(gain) / 256.0 / 20.0),
            interleaved: vec![0.0; LONGEST_PACKET * channels],
        })
    }

    /// Decodes one packet and tells the sample rate.
    pub(crate) fn decode(&mut self, packet: &[u8], block: &mut Vec<Vec<f32>>) -> Result<u32, ()> {
        let frames = self
            .decoder
            .decode(packet, LONGEST_PACKET, &mut self.interleaved)
            .map_err(|_| ())?
            .min(LONGEST_PACKET);
        block.resize(self.channels, Vec::new());
        for (place, channel) in block.iter_mut().enumerate() {
            let from = self.order.get(place).copied().unwrap_or(place);
            let samples = self.interleaved.iter().skip(from).step_by(self.channels);
            channel.clear();
            channel.extend(samples.take(frames).map(|sample| sample * self.gain));
        }
        Ok(SAMPLE_RATE)
    }
}

/// Every channel is one that is decoded, or 255: silent.
fn is_consistent(table: &ChannelMappingTable) -> bool {
    let decoded = u16::from(table.stream_count) + u16::from(table.coupled_count);
    table.coupled_count <= table.stream_count
        && table.stream_count > 0
        && table.mapping.iter().all(|from| *from == 255 || u16::from(*from) < decoded)
}

/// For each channel in the order of WAV, its place in the order of Vorbis (Vorbis I, 4.3.9).
fn wav_order(channels: usize) -> &'static [usize] {
    match channels {
        3 => &[0, 2, 1],
        5 => &[0, 2, 1, 3, 4],
        6 => &[0, 2, 1, 5, 3, 4],
        7 => &[0, 2, 1, 6, 5, 3, 4],
        8 => &[0, 2, 1, 7, 5, 6, 3, 4],
        _ => &[],
    }
}
