//! What a prompt asks for, in terms that both renderers understand.

use crate::image::canvas::Rgb;

/// A whole picture.
#[derive(Clone, Debug)]
pub enum Scene {
    /// Sky, hills and ground with things on it.
    Landscape(Landscape),
    /// Houses of a city, lit or not, perhaps behind a river.
    City {
        /// The light.
        sky: Sky,
        /// Whether there is a full moon.
        moon: bool,
        /// Whether the city is seen across water.
        river: bool,
    },
    /// Balls on a chequered floor.
    Spheres {
        /// How many.
        count: usize,
        /// Their colours, taken in turn.
        colours: &'static [u32],
    },
    /// A planet in space.
    Planet {
        /// Its main colour and that of its bands or clouds.
        colours: [u32; 2],
        /// Whether it has a ring.
        ring: bool,
        /// Smaller bodies around it.
        moons: usize,
        /// Whether coloured gas shines behind it.
        nebula: bool,
    },
    /// Shapes without a subject.
    Abstract {
        /// Ground first, accents last.
        colours: [u32; 4],
        /// Waves rather than discs and bars.
        waves: bool,
    },
}

/// Sky above ground.
#[derive(Clone, Debug)]
pub struct Landscape {
    /// The light.
    pub sky: Sky,
    /// The share of the sky that clouds cover, 0 to 1.
    pub clouds: f32,
    /// Whether the full moon is up.
    pub moon: bool,
    /// Whether there are northern lights.
    pub aurora: bool,
    /// What closes the view.
    pub far: Far,
    /// What lies before it.
    pub ground: Ground,
    /// How much the distance fades, 0 to 1.
    pub fog: f32,
    /// What stands there, and how many of it.
    pub things: &'static [(Thing, usize)],
}

impl Landscape {
    /// The usual one, to be changed by the caller.
    pub const fn new(sky: Sky, far: Far, ground: Ground) -> Self {
        Self { sky, clouds: 0.35, moon: false, aurora: false, far, ground, fog: 0.35, things: &[] }
    }

    /// Where ground and sky meet.
    pub fn horizon(&self) -> f32 {
        match self.ground {
            Ground::Dunes => 0.58,
            Ground::Water => 0.62,
            _ => 0.66,
        }
    }
}

/// The light of a time of day or a weather.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sky {
    /// After sunset, red over violet.
    Dusk,
    /// Pale and cool, with a low sun.
    Dawn,
    /// Blue.
    Noon,
    /// A low golden sun.
    Gold,
    /// Dark, with stars.
    Night,
    /// Grey.
    Storm,
    /// Bright and colourless.
    Winter,
}

impl Sky {
    /// The colours at the top, in the middle and at the horizon.
    pub fn colours(self) -> [Rgb; 3] {
        match self {
            Self::Dusk => [0x24_2a5c, 0x8d_5382, 0xf9_a768],
            Self::Dawn => [0x6a_93c8, 0xc3_c6dd, 0xfb_dcb6],
            Self::Noon => [0x2a_6fc2, 0x6b_a8e2, 0xd3_e9f6],
            Self::Gold => [0x56_7cae, 0xe0_b47c, 0xfd_d98c],
            Self::Night => [0x05_0918, 0x0d_1a3c, 0x26_3d68],
            Self::Storm => [0x26_2d38, 0x4b_5560, 0x97_9d9f],
            Self::Winter => [0x93_aecb, 0xc4_d2e0, 0xf1_f1ee],
        }
        .map(Rgb::hex)
    }

    /// What the light makes of white.
    pub fn light(self) -> Rgb {
        Rgb::hex(match self {
            Self::Dusk => 0xc4_8a86,
            Self::Dawn => 0xe2_d6d2,
            Self::Noon => 0xff_fffb,
            Self::Gold => 0xff_dca6,
            Self::Night => 0x4a_5f8c,
            Self::Storm => 0x8a_9296,
            Self::Winter => 0xea_f0f6,
        })
    }

    /// Where the sun stands, from the horizon (0) to the top (1); none where it is not seen.
    pub fn sun(self) -> Option<f32> {
        match self {
            Self::Dusk => Some(0.1),
            Self::Dawn => Some(0.22),
            Self::Gold => Some(0.2),
            Self::Noon => Some(0.78),
            Self::Night | Self::Storm | Self::Winter => None,
        }
    }

    /// Whether lamps are lit.
    pub fn is_dark(self) -> bool {
        matches!(self, Self::Night | Self::Dusk | Self::Storm)
    }
}

/// What closes the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Far {
    /// Peaks with snow.
    Mountains,
    /// Round and green.
    Hills,
    /// Nothing but the horizon.
    Open,
}

/// What covers the ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// A lake or the sea.
    Water,
    /// Green.
    Meadow,
    /// Ripe corn.
    Wheat,
    /// White.
    Snow,
    /// A beach before the sea.
    Beach,
    /// Sand hills up to the horizon.
    Dunes,
    /// Rows of sunflowers.
    Sunflowers,
}

/// What stands in a landscape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A hot-air balloon, in the air.
    Balloon,
    /// A sailing boat.
    Boat,
    /// A pine.
    Pine,
    /// A windmill with four sails.
    Windmill,
    /// A white tower with red bands and a lamp.
    Lighthouse,
    /// A small house with a lit window.
    Hut,
    /// A palm.
    Palm,
    /// A broad tree in autumn colours.
    AutumnTree,
    /// A broad tree in spring green.
    SpringTree,
}
