//! What a file is, by its first bytes; never by its name.

/// Bytes of a file that [`sniff`] needs at most.
pub const SNIFF_BYTES: usize = 4096;

/// The image formats that can be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageFormat {
    /// Portable Network Graphics, APNG too.
    Png,
    /// JPEG, baseline or progressive.
    Jpeg,
    /// WebP, lossy or lossless, animated too.
    Webp,
    /// AV1 image file, sequences too.
    Avif,
    /// Graphics Interchange Format, animated too.
    Gif,
    /// Tagged Image File Format; the first page counts.
    Tiff,
}

impl ImageFormat {
    /// The name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Webp => "WebP",
            Self::Avif => "AVIF",
            Self::Gif => "GIF",
            Self::Tiff => "TIFF",
        }
    }

    /// The media type, such as `image/png`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
            Self::Gif => "image/gif",
            Self::Tiff => "image/tiff",
        }
    }

    /// The usual ending of a file's name, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Gif => "gif",
            Self::Tiff => "tif",
        }
    }
}

/// The audio containers that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AudioFormat {
    /// RIFF/WAVE.
    Wav,
    /// Native FLAC.
    Flac,
    /// MPEG audio layer III, with or without ID3 tags.
    Mp3,
    /// Ogg, with Vorbis, Opus or FLAC.
    Ogg,
    /// A raw AAC stream with ADTS headers.
    Adts,
    /// MPEG-4, with AAC or ALAC.
    M4a,
}

impl AudioFormat {
    /// The name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wav => "WAV",
            Self::Flac => "FLAC",
            Self::Mp3 => "MP3",
            Self::Ogg => "Ogg",
            Self::Adts => "AAC",
            Self::M4a => "M4A",
        }
    }

    /// The media type, such as `audio/flac`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Wav => "audio/wav",
            Self::Flac => "audio/flac",
            Self::Mp3 => "audio/mpeg",
            Self::Ogg => "audio/ogg",
            Self::Adts => "audio/aac",
            Self::M4a => "audio/mp4",
        }
    }

    /// The usual ending of a file's name, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Mp3 => "mp3",
            Self::Ogg => "ogg",
            Self::Adts => "aac",
            Self::M4a => "m4a",
        }
    }
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaFormat {
    /// An image.
    Image(ImageFormat),
    /// Audio.
    Audio(AudioFormat),
}

impl MediaFormat {
    /// The name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image(format) => format.name(),
            Self::Audio(format) => format.name(),
        }
    }

    /// The media type, such as `image/png`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Image(format) => format.media_type(),
            Self::Audio(format) => format.media_type(),
        }
    }

    /// The usual ending of a file's name, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Image(format) => format.extension(),
            Self::Audio(format) => format.extension(),
        }
    }
}

/// Tells the format by the signature at the start of the content, of which
/// [`SNIFF_BYTES`] suffice; `None` if it is none of the supported ones.
///
/// A signature promises nothing about the rest: [`crate::probe`] reads the header.
pub fn sniff(start: &[u8]) -> Option<MediaFormat> {
    image_format(start)
        .map(MediaFormat::Image)
        .or_else(|| audio_format(start).map(MediaFormat::Audio))
}

fn image_format(start: &[u8]) -> Option<ImageFormat> {
    Some(match start {
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => ImageFormat::Png,
        [0xFF, 0xD8, 0xFF, ..] => ImageFormat::Jpeg,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => ImageFormat::Webp,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => ImageFormat::Gif,
        // Classic TIFF and BigTIFF, little and big endian.
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => ImageFormat::Tiff,
        _ if brands(start).any(|brand| matches!(brand, b"avif" | b"avis")) => ImageFormat::Avif,
        _ => return None,
    })
}

fn audio_format(start: &[u8]) -> Option<AudioFormat> {
    Some(match start {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => AudioFormat::Wav,
        [b'f', b'L', b'a', b'C', ..] => AudioFormat::Flac,
        [b'O', b'g', b'g', b'S', ..] => AudioFormat::Ogg,
        [b'I', b'D', b'3', ..] => after_id3(start),
        // Eleven set bits; layer 0 is ADTS, layer III (01) is MP3.
        [0xFF, second, third, ..] if second & 0xF6 == 0xF0 && third >> 2 & 0xF < 13 => {
            AudioFormat::Adts
        }
        [0xFF, second, third, ..] if second & 0xE6 == 0xE2 && is_mpeg_rate(*second, *third) => {
            AudioFormat::Mp3
        }
        _ if brands(start).any(is_audio_brand) => AudioFormat::M4a,
        _ => return None,
    })
}

/// Bit rate and sample rate of an MPEG audio header are not the reserved values.
fn is_mpeg_rate(second: u8, third: u8) -> bool {
    second >> 3 & 3 != 1 && third >> 4 != 15 && third >> 2 & 3 != 3
}

/// ID3 tags mostly stand before MP3; what follows decides if it is within reach.
fn after_id3(start: &[u8]) -> AudioFormat {
    let Some(size) = start.get(6..10) else {
        return AudioFormat::Mp3;
    };
    let size = size.iter().fold(0_usize, |size, byte| size << 7 | usize::from(byte & 0x7F));
    match start.get(10 + size..) {
        Some([b'f', b'L', b'a', b'C', ..]) => AudioFormat::Flac,
        Some([0xFF, second, ..]) if second & 0xF6 == 0xF0 => AudioFormat::Adts,
        _ => AudioFormat::Mp3,
    }
}

fn is_audio_brand(brand: &[u8]) -> bool {
    matches!(
        brand,
        b"M4A " | b"M4B " | b"mp41" | b"mp42" | b"isom" | b"iso2" | b"iso5" | b"iso6" | b"dash"
    )
}

/// Major and compatible brands of an ISO base media file; none for other files.
fn brands(start: &[u8]) -> impl Iterator<Item = &[u8]> {
    let length = match start {
        [a, b, c, d, b'f', b't', b'y', b'p', ..] => u32::from_be_bytes([*a, *b, *c, *d]) as usize,
        _ => 0,
    };
    let body = start.get(8..length.min(start.len())).unwrap_or_default();
    // The second word is the minor version.
    body.chunks_exact(4).enumerate().filter(|(place, _)| *place != 1).map(|(_, brand)| brand)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_decide_and_text_is_nothing() {
        use AudioFormat as A;
        use ImageFormat as I;
        use MediaFormat::{Audio, Image};
        let id3_flac = [b"ID3\x04\0\0\0\0\0\x02..".as_slice(), b"fLaC"].concat();
        for (start, expected) in [
            (b"\x89PNG\r\n\x1a\n".as_slice(), Some(Image(I::Png))),
            (b"\xff\xd8\xff\xe0", Some(Image(I::Jpeg))),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(Image(I::Webp))),
            (b"GIF89a", Some(Image(I::Gif))),
            (b"II*\0\x08\0\0\0", Some(Image(I::Tiff))),
            (b"MM\0+\0\x08", Some(Image(I::Tiff))),
            (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", Some(Image(I::Avif))),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", None),
            (b"\0\0\0\x18ftypM4A \0\0\x02\0isomiso2", Some(Audio(A::M4a))),
            (b"RIFF\x10\0\0\0WAVEfmt ", Some(Audio(A::Wav))),
            (b"fLaC\0\0\0\x22", Some(Audio(A::Flac))),
            (b"OggS\0\x02", Some(Audio(A::Ogg))),
            (b"ID3\x04\0\0\0\0\x0f\x76", Some(Audio(A::Mp3))),
            (&id3_flac, Some(Audio(A::Flac))),
            (b"\xff\xfb\x90\x64", Some(Audio(A::Mp3))),
            (b"\xff\xf1\x50\x80", Some(Audio(A::Adts))),
            (b"\xff\xfe\x00\x00h\0i\0", None),
            (b"RIFF\x10\0\0\0AVI LIST", None),
            (b"<svg xmlns", None),
            (b"", None),
        ] {
            assert_eq!(sniff(start), expected, "{:?}", String::from_utf8_lossy(start));
        }
    }
}
