//! Sound as files: Ogg Vorbis by default, a few as FLAC and WAV, so that each is tried.

use std::num::{NonZeroU8, NonZeroU32};

use flacenc::component::BitRepr;
use flacenc::error::Verify;
use vorbis_rs::{VorbisBitrateManagementStrategy, VorbisEncoderBuilder};

use crate::error::SampleError;
use crate::music::sound::Sound;

/// Encodes in the format that the name's ending asks for.
pub fn encode(name: &str, sound: &Sound, serial: i32) -> Result<Vec<u8>, SampleError> {
    match name.rsplit('.').next() {
        Some("flac") => flac(name, sound),
        Some("wav") => Ok(wav(sound)),
        _ => vorbis(name, sound, serial),
    }
}

fn vorbis(name: &str, sound: &Sound, serial: i32) -> Result<Vec<u8>, SampleError> {
    let missing = || SampleError::encode(name)("no rate or channels");
    let rate = NonZeroU32::new(sound.rate).ok_or_else(missing)?;
    let count =
        u8::try_from(sound.channels.len()).ok().and_then(NonZeroU8::new).ok_or_else(missing)?;
    // From the sixteen bits that the digest is of.
    let samples = sound.samples();
    let channels: Vec<Vec<f32>> = (0..sound.channels.len())
        .map(|channel| {
            let own = samples.iter().skip(channel).step_by(sound.channels.len());
            own.map(|sample| f32::from(*sample) / 32_768.0).collect()
        })
        .collect();
    let quality = VorbisBitrateManagementStrategy::QualityVbr { target_quality: 0.05 };
    let mut encoder = VorbisEncoderBuilder::new_with_serial(rate, count, Vec::new(), serial)
        .bitrate_management_strategy(quality)
        .build()
        .map_err(SampleError::encode(name))?;
    for start in (0..channels[0].len()).step_by(4096) {
        let block: Vec<&[f32]> = channels
            .iter()
            .map(|channel| &channel[start..(start + 4096).min(channel.len())])
            .collect();
        encoder.encode_audio_block(block).map_err(SampleError::encode(name))?;
    }
    encoder.finish().map_err(SampleError::encode(name))
}

fn flac(name: &str, sound: &Sound) -> Result<Vec<u8>, SampleError> {
    let samples: Vec<i32> = sound.samples().into_iter().map(i32::from).collect();
    let config = flacenc::config::Encoder::default()
        .into_verified()
        .map_err(|(_, error)| SampleError::encode(name)(error))?;
    let source = flacenc::source::MemSource::from_samples(
        &samples,
        sound.channels.len(),
        16,
        sound.rate as usize,
    );
    let stream = flacenc::encode_with_fixed_block_size(&config, source, config.block_size)
        .map_err(SampleError::encode(name))?;
    let mut sink = flacenc::bitsink::ByteSink::new();
    stream.write(&mut sink).map_err(SampleError::encode(name))?;
    let mut file = sink.as_slice().to_vec();
    // RFC 9639, section 8.2: the smallest block size leaves out the last block, which the
    // encoder counts in; with it the stream claims blocks of varying size, and some decoders
    // then find no frame.
    if let Some((smallest, largest)) = file.get_mut(8..12).map(|sizes| sizes.split_at_mut(2)) {
        smallest.copy_from_slice(largest);
    }
    Ok(file)
}

fn wav(sound: &Sound) -> Vec<u8> {
    let data: Vec<u8> = sound.samples().into_iter().flat_map(i16::to_le_bytes).collect();
    let channels = sound.channels.len() as u16;
    let mut file = Vec::with_capacity(data.len() + 44);
    file.extend(b"RIFF");
    file.extend((data.len() as u32 + 36).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(sound.rate.to_le_bytes());
    file.extend((sound.rate * u32::from(channels) * 2).to_le_bytes());
    file.extend((channels * 2).to_le_bytes());
    file.extend(16_u16.to_le_bytes());
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}
