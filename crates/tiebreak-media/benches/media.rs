//! What a picture and a clip cost: decoding and scaling 12 and 100 megapixels, decoding and
//! measuring three minutes of music.

fn main() {}
