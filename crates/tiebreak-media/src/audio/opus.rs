//! Opus in Ogg: the demuxer is symphonia's, the decoder a crate of its own.
//!
//! Header: RFC 7845, 5.1. Decoding is at 48 kHz, whatever the rate before encoding was.

use opus_decoder::OpusMultistreamDecoder;
use symphonia::core::packet::Packet;

use crate::MediaError;

/// Samples of a channel in the longest packet: 120 ms.
const LONGEST_PACKET: usize = 5_760;

const SAMPLE_RATE: u32 = 48_000;

pub(crate) struct OpusStream {
    decoder: OpusMultistreamDecoder,
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
        let channels = usize::from(fixed[1]);
        let gain = i16::from_le_bytes([fixed[8], fixed[9]]);
        let (streams, coupled, mapping) = match (fixed[10], fixed.get(11..)) {
            (0, _) if channels <= 2 => (1, channels.saturating_sub(1), [0, 1][..channels].to_vec()),
            (1 | 255, Some([streams, coupled, mapping @ ..])) if mapping.len() >= channels => {
                (usize::from(*streams), usize::from(*coupled), mapping[..channels].to_vec())
            }
            _ => return Err(MediaError::unsupported("Opus", "this mapping of channels")),
        };
        let decoder =
            OpusMultistreamDecoder::new(SAMPLE_RATE, channels, streams, coupled, &mapping)
                .map_err(|error| malformed(&error.to_string()))?;
        Ok(Self {
            decoder,
            channels,
            order: if fixed[10] == 1 { wav_order(channels) } else { &[] },
            // Q7.8 dB.
            gain: 10_f32.powf(f32::from(gain) / 256.0 / 20.0),
            interleaved: vec![0.0; LONGEST_PACKET * channels],
        })
    }

    /// Decodes one packet, without what is to be cut off at either end of the stream.
    pub(crate) fn decode(&mut self, packet: &Packet, block: &mut Vec<Vec<f32>>) -> Result<u32, ()> {
        let frames = self
            .decoder
            .decode_float(&packet.data, &mut self.interleaved, false)
            .map_err(|_| ())?;
        let start = (packet.trim_start.get() as usize).min(frames);
        let end = frames - (packet.trim_end.get() as usize).min(frames - start);
        block.resize(self.channels, Vec::new());
        for (place, channel) in block.iter_mut().enumerate() {
            let from = self.order.get(place).copied().unwrap_or(place);
            let samples = self.interleaved.iter().skip(from).step_by(self.channels);
            channel.clear();
            channel.extend(samples.take(end).skip(start).map(|sample| sample * self.gain));
        }
        Ok(SAMPLE_RATE)
    }
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
