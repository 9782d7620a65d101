//! What of an MPEG-4 file's decoded audio is music: encoders add samples at both ends, and only
//! the container tells how many.
//!
//! Two ways are in use: the `iTunSMPB` comment (delay, padding and length in hexadecimal), which
//! is exact and goes first, and the edit list (ISO/IEC 14496-12, 8.6.6).

use super::Clip;

/// The frames that are kept of a decoded stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The first one.
    start: u64,
    /// How many, if known.
    length: Option<u64>,
}

impl Kept {
    pub(crate) fn new(start: u64, length: Option<u64>) -> Self {
        Self { start, length }
    }

    /// Frames before the first that is kept.
    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    /// How many of `frames` are kept.
    pub(crate) fn of(&self, frames: u64) -> u64 {
        let rest = frames.saturating_sub(self.start);
        self.length.map_or(rest, |length| length.min(rest))
    }

    /// Cuts off the rest.
    pub(crate) fn cut(&self, clip: &mut Clip) {
        let frames = clip.frames() as u64;
        let start = self.start.min(frames) as usize;
        let length = self.of(frames) as usize;
        for channel in &mut clip.samples {
            channel.truncate(start + length);
            channel.drain(..start);
        }
    }
}

/// Finds what is kept at `rate` frames a second; none if the file says nothing.
pub(crate) fn kept(bytes: &[u8], rate: u32) -> Option<Kept> {
    let movie = child(bytes, b"moov")?;
    comment(movie).or_else(|| {
        boxes(movie)
            .filter(|(name, _)| name == b"trak")
            .find_map(|(_, track)| is_audio(track).then(|| edit(movie, track, rate)).flatten())
    })
}

/// The boxes of one level: name and content. What is damaged ends the list.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let [a, b, c, d, e, f, g, h, ..] = *bytes else {
            return None;
        };
        let (header, size) = match u32::from_be_bytes([a, b, c, d]) {
            0 => (8, bytes.len() as u64),
            1 => (16, u64::from_be_bytes(*bytes.get(8..16)?.as_array()?)),
            size => (8, u64::from(size)),
        };
        let content = bytes.get(header..usize::try_from(size).ok()?)?;
        bytes = &bytes[header + content.len()..];
        Some(([e, f, g, h], content))
    })
}

fn child<'a>(bytes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|(found, _)| found == name).map(|(_, content)| content)
}

fn descendant<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |bytes, name| child(bytes, name))
}

fn is_audio(track: &[u8]) -> bool {
    descendant(track, &[b"mdia", b"hdlr"]).and_then(|handler| handler.get(8..12)) == Some(b"soun")
}

/// Time scale and duration of a movie or media header, in either version.
fn scale_and_duration(header: &[u8]) -> Option<(u64, u64)> {
    match header.first()? {
        1 => Some((number(header, 20, 4)?, number(header, 24, 8)?)),
        _ => Some((number(header, 12, 4)?, number(header, 16, 4)?)),
    }
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + length)?;
    Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// The edit list's first edit that is not a pause.
fn edit(movie: &[u8], track: &[u8], rate: u32) -> Option<Kept> {
    let list = descendant(track, &[b"edts", b"elst"])?;
    let (movie_scale, _) = scale_and_duration(child(movie, b"mvhd")?)?;
    let (scale, media_duration) = scale_and_duration(descendant(track, &[b"mdia", b"mdhd"])?)?;
    let (width, entry_length) = if *list.first()? == 1 { (8, 20) } else { (4, 12) };
    let pause = u64::MAX >> (64 - 8 * width);
    let entries = number(list, 4, 4)?.min(16) as usize;
    let (duration, start) = (0..entries).find_map(|entry| {
        let at = 8 + entry * entry_length;
        let (duration, start) = (number(list, at, width)?, number(list, at + width, width)?);
        (start != pause).then_some((duration, start))
    })?;
    let frames = |ticks: u64, scale: u64| {
        u64::try_from(u128::from(ticks) * u128::from(rate) / u128::from(scale.max(1))).ok()
    };
    let start = frames(start, scale)?;
    let stated = frames(duration, movie_scale)?;
    // The movie's time scale is often milliseconds: where the edit ends within one tick of the
    // media, it ends with it.
    let rest = frames(media_duration, scale)?.saturating_sub(start);
    let tick = frames(1, movie_scale)? + 1;
    let length = if stated.abs_diff(rest) <= tick { rest } else { stated };
    Some(Kept { start, length: (duration > 0).then_some(length) })
}

/// The comment of iTunes: " 00000000 DELAY PADDING LENGTH ...".
fn comment(movie: &[u8]) -> Option<Kept> {
    let meta = descendant(movie, &[b"udta", b"meta"])?;
    // A full box: four bytes of version and flags first.
    let list = child(meta.get(4..)?, b"ilst")?;
    let text = boxes(list).filter(|(name, _)| name == b"----").find_map(|(_, item)| {
        let is_it = child(item, b"name")?.get(4..)? == b"iTunSMPB";
        is_it.then(|| child(item, b"data")?.get(8..)).flatten()
    })?;
    let mut numbers = std::str::from_utf8(text).ok()?.split_ascii_whitespace().skip(1);
    let mut next = || u64::from_str_radix(numbers.next()?, 16).ok();
    let (start, _padding, length) = (next()?, next()?, next()?);
    Some(Kept { start, length: (length > 0).then_some(length) })
}
