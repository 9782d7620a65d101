//! The forty briefs of the study.

use crate::music::brief::{Brief, Mode, Style};

const SLOW: &[&str] = &["slow"];
const FAST: &[&str] = &["fast"];
const FILM: &[&str] = &["film"];
const DANCE: &[&str] = &["dance"];
const GAME: &[&str] = &["game"];

/// All briefs, in order. Keys are MIDI numbers: 57 is the A below middle C, 60 middle C.
pub fn briefs() -> Vec<Brief> {
    let mut briefs = quiet();
    briefs.extend(lively());
    briefs.extend(film());
    briefs
}

fn quiet() -> Vec<Brief> {
    use Mode::{Dorian, Major, Minor};
    use Style::{Ambient, Bossa, LoFi, MusicBox, Piano, Strings, Waltz};
    vec![
        Brief::new(
            "A slow melancholic piece in A minor with strings",
            SLOW,
            Strings,
            66,
            57,
            Minor,
        ),
        Brief::new("Warm strings in D major, calm and hopeful", SLOW, Strings, 72, 62, Major),
        Brief::new("A mournful string chorale in C minor, very slow", SLOW, Strings, 56, 60, Minor)
            .misheard(|brief| brief.mode = Major),
        Brief::new(
            "A quiet piano piece in F major, like rain on a window",
            SLOW,
            Piano,
            80,
            53,
            Major,
        ),
        Brief::new("A piano ballad in E minor with broken chords", SLOW, Piano, 76, 52, Minor),
        Brief::new("Solo piano, thoughtful, in D dorian", SLOW, Piano, 84, 62, Dorian),
        Brief::new("A lullaby for a music box in G major", SLOW, MusicBox, 88, 67, Major),
        Brief::new(
            "A music box that sounds a little uncanny, in B minor",
            SLOW,
            MusicBox,
            92,
            59,
            Minor,
        ),
        Brief::new("A music box, winding down, in C major", SLOW, MusicBox, 70, 60, Major)
            .misheard(|brief| brief.tempo = 126),
        Brief::new(
            "Ambient pads without drums, in D major, floating",
            SLOW,
            Ambient,
            60,
            50,
            Major,
        ),
        Brief::new("Dark ambient in F minor, almost still", SLOW, Ambient, 52, 53, Minor),
        Brief::new("Ambient music for falling asleep, no beat", SLOW, Ambient, 56, 55, Major)
            .misheard(|brief| brief.style = LoFi),
        Brief::new("Lo-fi hip-hop to study to, in D dorian, 78 bpm", SLOW, LoFi, 78, 62, Dorian),
        Brief::new("Lo-fi beat with electric piano in F major", SLOW, LoFi, 82, 53, Major)
            .misheard(|brief| brief.mode = Minor),
        Brief::new("A relaxed bossa nova in A minor with soft guitar", SLOW, Bossa, 112, 57, Minor),
        Brief::new(
            "Bossa nova in G major for a café in the afternoon",
            SLOW,
            Bossa,
            120,
            55,
            Major,
        ),
        Brief::new("A slow waltz in E minor, nostalgic", SLOW, Waltz, 108, 52, Minor),
    ]
}

fn lively() -> Vec<Brief> {
    use Mode::{Dorian, Major, Minor};
    use Style::{Bossa, Chiptune, March, Piano, Techno, Waltz};
    vec![
        Brief::new("An upbeat chiptune in C major at 140 bpm", GAME, Chiptune, 140, 60, Major),
        Brief::new(
            "Chiptune for the last level of a game, in A minor, 160 bpm",
            GAME,
            Chiptune,
            160,
            57,
            Minor,
        ),
        Brief::new(
            "A cheerful chiptune in G major for a menu screen",
            GAME,
            Chiptune,
            126,
            67,
            Major,
        )
        .misheard(|brief| brief.mode = Minor),
        Brief::new("Victory jingle as a chiptune, in D major", GAME, Chiptune, 150, 62, Major),
        Brief::new("Techno at 128 bpm in A minor, driving", DANCE, Techno, 128, 57, Minor),
        Brief::new("Hypnotic techno in E minor, 132 bpm", DANCE, Techno, 132, 52, Minor),
        Brief::new("A fast dance track in F minor at 138 bpm", DANCE, Techno, 138, 53, Minor)
            .misheard(|brief| brief.tempo = 92),
        Brief::new("Dance music in C dorian with a bright melody", DANCE, Techno, 124, 60, Dorian),
        Brief::new("A Viennese waltz in D major, brisk", DANCE, Waltz, 168, 62, Major),
        Brief::new("A waltz for a small orchestra in G major", DANCE, Waltz, 144, 55, Major)
            .misheard(|brief| brief.style = March),
        Brief::new("A march in B flat major with snare drum", FAST, March, 116, 58, Major),
        Brief::new("A stern march in D minor", FAST, March, 104, 50, Minor),
        Brief::new("A lively piano piece in C major", FAST, Piano, 132, 60, Major),
        Brief::new("A fast bossa nova in D minor", DANCE, Bossa, 148, 50, Minor),
    ]
}

fn film() -> Vec<Brief> {
    use Mode::{Dorian, Major, Minor};
    use Style::{Ambient, Chiptune, March, MusicBox, Piano, Strings, Techno, Waltz};
    vec![
        Brief::new("Film music: two people say goodbye at a station", FILM, Strings, 62, 55, Minor),
        Brief::new("Film music: the sun rises over the sea", FILM, Strings, 68, 48, Major)
            .misheard(|brief| brief.mode = Minor),
        Brief::new("Film music: an empty house, years later", FILM, Piano, 66, 57, Minor),
        Brief::new(
            "Film music: a spaceship drifts, its engines off",
            FILM,
            Ambient,
            54,
            50,
            Dorian,
        ),
        Brief::new("Film music: the army of toys sets out", FILM, March, 120, 60, Major)
            .misheard(|brief| brief.tempo = 76),
        Brief::new("Film music: a chase through the night market", FILM, Techno, 144, 52, Minor),
        Brief::new("Film music: the ball, seen from the garden", FILM, Waltz, 126, 57, Minor),
        Brief::new("Film music: a child finds the hidden door", FILM, MusicBox, 96, 64, Major)
            .misheard(|brief| brief.style = Techno),
        Brief::new("Film music: the arcade opens after the war", FILM, Chiptune, 132, 60, Dorian),
    ]
}

/// Texts for a third of the clips, by the number of the brief from 0: the scene or the lines that
/// the music goes with.
pub fn text(place: usize) -> Option<&'static str> {
    Some(match place {
        6 => {
            "Close your eyes, the lamp is low,\nall the boats have gone to sleep.\nCount the stars that come and go,\nwhat you dream is yours to keep."
        }
        9 => "No scene. A title fades in: WATER, LIGHT, TIME.",
        12 => "Loop for a stream: a desk by the window, a cat, rain.",
        20 => "On screen: LEVEL CLEAR. 12,400 points.",
        31 => {
            "Scene 14. Station, early evening.\nThe train is already moving. She runs a few steps beside it, then stops. He has not looked up."
        }
        32 => {
            "Scene 1. The coast before dawn.\nGrey water, then a line of gold. Nobody is there to see it."
        }
        33 => {
            "Scene 52. The house.\nDust sheets on the chairs. A hand wipes a circle on the window."
        }
        34 => {
            "Scene 30. Outside the ship.\nNo sound but this. The Earth turns slowly through the frame."
        }
        35 => {
            "Scene 8. The nursery, midnight.\nThe lid of the box lifts. One by one they climb over the edge, fall in line, and march."
        }
        36 => {
            "Scene 21. The market.\nLanterns, steam, knives on boards. She ducks under a table; he does not."
        }
        37 => "Scene 17. The garden.\nThrough the tall windows: dancers, without their voices.",
        38 => {
            "Scene 3. The attic.\nBehind the wardrobe there is a keyhole, at the height of her eyes."
        }
        39 => "Scene 60. The arcade.\nThe shutters go up. Half of the machines still work.",
        _ => return None,
    })
}
