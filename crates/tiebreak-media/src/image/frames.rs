//! How many frames an animation has, counted on its blocks without decoding one.

/// Frames of a GIF: its image descriptors (GIF89a, 20). At least 1.
pub(crate) fn of_gif(bytes: &[u8]) -> u32 {
    count_gif(bytes).max(1)
}

/// Frames of a WebP: its ANMF chunks (RFC 9649, 2.7.1.1). At least 1.
pub(crate) fn of_webp(bytes: &[u8]) -> u32 {
    let (mut at, mut frames) = (12, 0);
    while let Some([a, b, c, d, size @ ..]) = bytes.get(at..at + 8) {
        if [*a, *b, *c, *d] == *b"ANMF" {
            frames += 1;
        }
        let size = size.iter().rev().fold(0_usize, |size, byte| size << 8 | usize::from(*byte));
        at = at.saturating_add(8 + size + size % 2);
        if at > bytes.len() {
            break;
        }
    }
    frames.max(1)
}

fn count_gif(bytes: &[u8]) -> u32 {
    let mut frames = 0;
    let Some(flags) = bytes.get(10) else {
        return 0;
    };
    let mut at = 13 + colour_table(*flags);
    loop {
        match bytes.get(at) {
            // An extension: label, then sub-blocks.
            Some(0x21) => at = after_sub_blocks(bytes, at + 2),
            // An image: descriptor, colour table, smallest code size, sub-blocks.
            Some(0x2C) => {
                let Some(flags) = bytes.get(at + 9) else {
                    return frames;
                };
                frames += 1;
                at = after_sub_blocks(bytes, at + 11 + colour_table(*flags));
            }
            _ => return frames,
        }
    }
}

fn colour_table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn after_sub_blocks(bytes: &[u8], mut at: usize) -> usize {
    while let Some(length) = bytes.get(at) {
        at += 1 + usize::from(*length);
        if *length == 0 {
            break;
        }
    }
    at
}
