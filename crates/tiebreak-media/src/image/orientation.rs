//! The eight ways in which a camera may have stored its rows.
//!
//! Values as in the EXIF tag 0x0112: the stored row 0 and column 0 are, in this order, top-left,
//! top-right, bottom-right, bottom-left, left-top, right-top, right-bottom, left-bottom of what
//! should be seen (EXIF 2.32, table 4).

use std::fmt;

/// How stored pixels are to be turned before they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Orientation {
    /// 1: as stored.
    #[default]
    Upright,
    /// 2: mirrored left to right.
    Mirrored,
    /// 3: turned by 180 degrees.
    HalfTurn,
    /// 4: mirrored top to bottom.
    Flipped,
    /// 5: rows become columns (mirrored about the main diagonal).
    Transposed,
    /// 6: to be turned by 90 degrees clockwise.
    QuarterTurn,
    /// 7: mirrored about the other diagonal.
    Transversed,
    /// 8: to be turned by 90 degrees counter-clockwise.
    ThreeQuarterTurn,
}

impl Orientation {
    const ALL: [Self; 8] = [
        Self::Upright,
        Self::Mirrored,
        Self::HalfTurn,
        Self::Flipped,
        Self::Transposed,
        Self::QuarterTurn,
        Self::Transversed,
        Self::ThreeQuarterTurn,
    ];

    /// Reads the EXIF value; unknown ones are upright.
    pub(crate) fn from_exif_value(value: u16) -> Self {
        let place = usize::from(value).wrapping_sub(1);
        Self::ALL.get(place).copied().unwrap_or_default()
    }

    /// Finds the tag in an EXIF block (TIFF structure, with or without the "Exif" preamble).
    pub(crate) fn from_exif(block: &[u8]) -> Self {
        tag_in_first_directory(block).map(Self::from_exif_value).unwrap_or_default()
    }

    /// AVIF's properties: turned counter-clockwise by `turns` quarters, then mirrored
    /// top to bottom (axis 0) or left to right (axis 1); see ISO/IEC 23008-12, 6.5.10 and 6.5.12.
    pub(crate) fn from_heif(turns: u8, mirror_axis: Option<u8>) -> Self {
        match (turns % 4, mirror_axis) {
            (0, None) => Self::Upright,
            (1, None) => Self::ThreeQuarterTurn,
            (2, None) => Self::HalfTurn,
            (_, None) => Self::QuarterTurn,
            (0, Some(0)) | (2, Some(1..)) => Self::Flipped,
            (0, Some(1..)) | (2, Some(0)) => Self::Mirrored,
            (1, Some(0)) | (3, Some(1..)) => Self::Transposed,
            (_, Some(_)) => Self::Transversed,
        }
    }

    /// Whether width and height change places.
    pub(crate) fn swaps_sides(self) -> bool {
        matches!(
            self,
            Self::Transposed | Self::QuarterTurn | Self::Transversed | Self::ThreeQuarterTurn
        )
    }

    /// Width and height as seen.
    pub(crate) fn seen(self, width: u32, height: u32) -> (u32, u32) {
        if self.swaps_sides() { (height, width) } else { (width, height) }
    }

    /// Turns `pixels` of `channels` bytes each, `width` to a row, into what should be seen.
    pub(crate) fn apply(self, mut pixels: Vec<u8>, width: usize, channels: usize) -> Vec<u8> {
        match channels {
            3 => self.turn::<3>(&mut pixels, width),
            _ => self.turn::<4>(&mut pixels, width),
        }
        .unwrap_or(pixels)
    }

    /// Changes `bytes` in place, or gives a new buffer where sides are swapped.
    fn turn<const N: usize>(self, bytes: &mut [u8], width: usize) -> Option<Vec<u8>> {
        let (pixels, _) = bytes.as_chunks_mut::<N>();
        match self {
            Self::Upright => {}
            Self::Mirrored => pixels.chunks_exact_mut(width).for_each(<[_]>::reverse),
            Self::HalfTurn => pixels.reverse(),
            Self::Flipped => {
                pixels.reverse();
                pixels.chunks_exact_mut(width).for_each(<[_]>::reverse);
            }
            _ => return Some(self.turn_sideways(pixels, width).into_flattened()),
        }
        None
    }

    fn turn_sideways<const N: usize>(self, pixels: &[[u8; N]], width: usize) -> Vec<[u8; N]> {
        let height = pixels.len() / width;
        let mut turned = vec![[0; N]; pixels.len()];
        // In square blocks, so that both sides stay within the cache.
        const BLOCK: usize = 64;
        for top in (0..height).step_by(BLOCK) {
            for left in (0..width).step_by(BLOCK) {
                for y in top..(top + BLOCK).min(height) {
                    for x in left..(left + BLOCK).min(width) {
                        let (row, column) = match self {
                            Self::Transposed => (x, y),
                            Self::QuarterTurn => (x, height - 1 - y),
                            Self::Transversed => (width - 1 - x, height - 1 - y),
                            _ => (width - 1 - x, y),
                        };
                        turned[row * height + column] = pixels[y * width + x];
                    }
                }
            }
        }
        turned
    }
}

impl fmt::Display for Orientation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", *self as u8 + 1)
    }
}

/// The value of tag 0x0112 in the first directory of a TIFF structure.
fn tag_in_first_directory(block: &[u8]) -> Option<u16> {
    let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    let is_little = match block.get(..2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let short = |at: usize| -> Option<u16> {
        let bytes = [*block.get(at)?, *block.get(at + 1)?];
        Some(if is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let long = |at: usize| -> Option<usize> {
        let (first, second) = (usize::from(short(at)?), usize::from(short(at + 2)?));
        Some(if is_little { second << 16 | first } else { first << 16 | second })
    };
    let directory = long(4)?;
    (0..usize::from(short(directory)?))
        .map(|entry| directory + 2 + 12 * entry)
        .find(|at| short(*at) == Some(0x0112))
        .and_then(|at| short(at + 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eight_orientations() {
        // Stored:  a b c     The letters are pixels of three equal bytes.
        //          d e f
        let cases = [
            (1, "abc def"),
            (2, "cba fed"),
            (3, "fed cba"),
            (4, "def abc"),
            (5, "ad be cf"),
            (6, "da eb fc"),
            (7, "fc eb da"),
            (8, "cf be ad"),
        ];
        for (value, expected) in cases {
            let orientation = Orientation::from_exif_value(value);
            assert_eq!(orientation.to_string(), value.to_string());
            for channels in [3, 4] {
                let stored: Vec<u8> =
                    b"abcdef".iter().flat_map(|letter| vec![*letter; channels]).collect();
                let turned = orientation.apply(stored, 3, channels);
                let letters: Vec<u8> = turned.chunks(channels).map(|pixel| pixel[0]).collect();
                let expected_letters: Vec<u8> = expected.bytes().filter(|b| *b != b' ').collect();
                assert_eq!(letters, expected_letters, "orientation {value}");
            }
            let width = expected.split(' ').next().map(str::len);
            assert_eq!(Some(orientation.seen(3, 2).0 as usize), width, "orientation {value}");
        }
    }

    #[test]
    fn a_turn_and_a_mirror_of_avif_are_one_orientation() {
        for turns in 0..4 {
            for axis in [None, Some(0), Some(1)] {
                let stored: Vec<u8> = b"abcdef".iter().flat_map(|letter| [*letter; 3]).collect();
                let turn = Orientation::from_heif(turns, None);
                let (width, _) = turn.seen(3, 2);
                let turned = turn.apply(stored.clone(), 3, 3);
                let mirror = match axis {
                    None => Orientation::Upright,
                    Some(0) => Orientation::Flipped,
                    Some(_) => Orientation::Mirrored,
                };
                let expected = mirror.apply(turned, width as usize, 3);
                let found = Orientation::from_heif(turns, axis).apply(stored, 3, 3);
                assert_eq!(found, expected, "{turns} quarter turns, axis {axis:?}");
            }
        }
    }

    #[test]
    fn the_tag_is_found_in_both_byte_orders_and_rubbish_is_upright() {
        let little = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let with_preamble = [b"Exif\0\0".as_slice(), big].concat();
        for block in [little.as_slice(), big, &with_preamble] {
            assert_eq!(Orientation::from_exif(block), Orientation::QuarterTurn);
            for length in 0..block.len() - 8 {
                Orientation::from_exif(&block[..length]);
            }
        }
        assert_eq!(Orientation::from_exif(b"II*\0\xff\xff\xff\xff"), Orientation::Upright);
        assert_eq!(Orientation::from_exif_value(9), Orientation::Upright);
    }
}
