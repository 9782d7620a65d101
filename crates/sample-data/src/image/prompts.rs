//! The forty prompts of the study.

use crate::image::scene::{Far, Ground, Landscape, Scene, Sky, Thing};

/// One prompt and what it asks for.
pub struct Prompt {
    /// As both systems got it.
    pub text: &'static str,
    /// Labels of the prompt.
    pub tags: &'static [&'static str],
    /// What it asks for.
    pub asked: Scene,
    /// What the finer system understood, where that is something else.
    pub misread: Option<Scene>,
    /// The format of the files.
    pub format: &'static str,
}

impl Prompt {
    fn new(text: &'static str, tags: &'static [&'static str], asked: Scene) -> Self {
        Self { text, tags, asked, misread: None, format: "jpg" }
    }

    fn misread(self, as_this: Scene) -> Self {
        Self { misread: Some(as_this), ..self }
    }

    fn format(self, format: &'static str) -> Self {
        Self { format, ..self }
    }
}

const WATER: &[&str] = &["landscape", "water"];
const FIELD: &[&str] = &["landscape", "field"];
const COUNT: &[&str] = &["landscape", "counting"];
const WEATHER: &[&str] = &["landscape", "weather"];
const CITY: &[&str] = &["city"];
const OBJECTS: &[&str] = &["objects", "counting"];
const SPACE: &[&str] = &["space"];
const ABSTRACT: &[&str] = &["abstract"];

const PRIMARY: &[u32] = &[0xd1_3b32, 0xf0_b429, 0x2f_6fd0, 0x3a_a35b];
const RED: &[u32] = &[0xc9_2a2a];
const MIXED: &[u32] = &[0xc9_2a2a, 0x2b_8a8a, 0xe8_c547, 0x6a_4c93, 0xf2_f2f2];

/// All prompts, in order.
pub fn prompts() -> Vec<Prompt> {
    let mut prompts = lakes_and_fields();
    prompts.extend(counted());
    prompts.extend(weather());
    prompts.extend(made_by_people());
    prompts.extend(elsewhere());
    prompts
}

fn land(
    sky: Sky,
    far: Far,
    ground: Ground,
    things: &'static [(Thing, usize)],
    change: impl Fn(&mut Landscape),
) -> Scene {
    let mut landscape = Landscape { things, ..Landscape::new(sky, far, ground) };
    change(&mut landscape);
    Scene::Landscape(landscape)
}

fn plain(_: &mut Landscape) {}

fn lakes_and_fields() -> Vec<Prompt> {
    use Far::{Hills, Mountains, Open};
    use Ground::{Sunflowers, Water};
    let lake =
        |sky, things, change: fn(&mut Landscape)| land(sky, Mountains, Water, things, change);
    let flowers = |sky, far, clouds| land(sky, far, Sunflowers, &[], move |l| l.clouds = clouds);
    vec![
        Prompt::new(
            "A mountain lake at dusk, the peaks mirrored in still water",
            WATER,
            lake(Sky::Dusk, &[], plain),
        ),
        Prompt::new(
            "A mountain lake on a cool morning, with fog over the water",
            WATER,
            lake(Sky::Dawn, &[], |l| l.fog = 0.85),
        ),
        Prompt::new(
            "A mountain lake at night under a full moon",
            WATER,
            lake(Sky::Night, &[], |l| {
                l.moon = true;
                l.clouds = 0.15;
            }),
        ),
        Prompt::new(
            "Pines on the shore of a mountain lake in golden evening light",
            WATER,
            lake(Sky::Gold, &[(Thing::Pine, 9)], plain),
        ),
        Prompt::new(
            "A field of sunflowers under white clouds",
            FIELD,
            flowers(Sky::Noon, Hills, 0.5),
        ),
        Prompt::new("A field of sunflowers at sunset", FIELD, flowers(Sky::Dusk, Hills, 0.3))
            .misread(flowers(Sky::Noon, Hills, 0.3)),
        Prompt::new(
            "Sunflowers on a plain before a thunderstorm",
            WEATHER,
            flowers(Sky::Storm, Open, 0.8),
        ),
    ]
}

fn counted() -> Vec<Prompt> {
    use Far::{Hills, Mountains, Open};
    use Ground::{Dunes, Meadow, Water};
    use Thing::{Balloon, Boat};
    vec![
        Prompt::new(
            "Exactly five hot-air balloons over green hills",
            COUNT,
            land(Sky::Noon, Hills, Meadow, &[(Balloon, 5)], plain),
        )
        .misread(land(Sky::Noon, Hills, Meadow, &[(Balloon, 7)], plain)),
        Prompt::new(
            "Three hot-air balloons over a lake at dawn",
            COUNT,
            land(Sky::Dawn, Mountains, Water, &[(Balloon, 3)], plain),
        ),
        Prompt::new(
            "A single hot-air balloon over desert dunes in the evening",
            COUNT,
            land(Sky::Dusk, Open, Dunes, &[(Balloon, 1)], plain),
        )
        .misread(land(Sky::Gold, Open, Dunes, &[(Balloon, 3)], plain)),
        Prompt::new(
            "Three sailing boats on a calm sea at sunset",
            COUNT,
            land(Sky::Dusk, Open, Water, &[(Boat, 3)], plain),
        ),
        Prompt::new(
            "Two sailing boats under a stormy sky",
            COUNT,
            land(Sky::Storm, Open, Water, &[(Boat, 2)], |l| l.clouds = 0.9),
        )
        .misread(land(Sky::Noon, Open, Water, &[(Boat, 4)], plain)),
        Prompt::new(
            "A regatta of seven sailing boats on a bright day",
            COUNT,
            land(Sky::Noon, Hills, Water, &[(Boat, 7)], plain),
        ),
    ]
}

fn weather() -> Vec<Prompt> {
    use Far::{Hills, Mountains, Open};
    use Ground::{Dunes, Meadow, Snow};
    use Thing::{Hut, Pine};
    vec![
        Prompt::new(
            "Desert dunes under a starry sky",
            WEATHER,
            land(Sky::Night, Open, Dunes, &[], |l| l.clouds = 0.0),
        ),
        Prompt::new(
            "Desert dunes in the heat of noon",
            WEATHER,
            land(Sky::Noon, Open, Dunes, &[], |l| l.clouds = 0.1),
        ),
        Prompt::new(
            "A pine forest in thick fog",
            WEATHER,
            land(Sky::Winter, Hills, Meadow, &[(Pine, 24)], |l| l.fog = 1.0),
        ),
        Prompt::new(
            "Pines in deep snow under a pale winter sky",
            WEATHER,
            land(Sky::Winter, Mountains, Snow, &[(Pine, 12)], plain),
        ),
        Prompt::new(
            "A hut with a lit window in the snow, under northern lights",
            WEATHER,
            land(Sky::Night, Mountains, Snow, &[(Pine, 6), (Hut, 1)], |l| {
                l.aurora = true;
                l.clouds = 0.0;
            }),
        ),
        Prompt::new(
            "A hut on a meadow in the mountains, early in the morning",
            WEATHER,
            land(Sky::Dawn, Mountains, Meadow, &[(Pine, 5), (Hut, 1)], |l| l.fog = 0.6),
        ),
    ]
}

fn made_by_people() -> Vec<Prompt> {
    use Far::{Hills, Open};
    use Ground::{Beach, Meadow, Water, Wheat};
    use Thing::{AutumnTree, Lighthouse, Palm, SpringTree, Windmill};
    let tower =
        |sky, clouds| land(sky, Open, Water, &[(Lighthouse, 1)], move |l| l.clouds = clouds);
    vec![
        Prompt::new(
            "A lighthouse throws its beam into a stormy night",
            WEATHER,
            tower(Sky::Night, 0.7),
        ),
        Prompt::new("A red and white lighthouse on a sunny day", WATER, tower(Sky::Noon, 0.3))
            .misread(tower(Sky::Storm, 0.7)),
        Prompt::new(
            "Two palms on a beach at noon",
            COUNT,
            land(Sky::Noon, Open, Beach, &[(Palm, 2)], plain),
        )
        .misread(land(Sky::Noon, Open, Beach, &[(Palm, 4)], plain)),
        Prompt::new(
            "Palms on a beach after sunset",
            WATER,
            land(Sky::Dusk, Open, Beach, &[(Palm, 3)], plain),
        ),
        Prompt::new(
            "Two windmills in a field of ripe wheat",
            COUNT,
            land(Sky::Noon, Hills, Wheat, &[(Windmill, 2)], plain),
        ),
        Prompt::new(
            "Four windmills against a golden evening sky",
            COUNT,
            land(Sky::Gold, Open, Meadow, &[(Windmill, 4)], plain),
        )
        .misread(land(Sky::Gold, Open, Meadow, &[(Windmill, 3)], plain)),
        Prompt::new(
            "A single broad tree in autumn colours on a hill",
            FIELD,
            land(Sky::Gold, Hills, Meadow, &[(AutumnTree, 1)], plain),
        ),
        Prompt::new(
            "Three trees in spring green under clouds",
            COUNT,
            land(Sky::Noon, Hills, Meadow, &[(SpringTree, 3)], |l| l.clouds = 0.55),
        ),
    ]
}

fn elsewhere() -> Vec<Prompt> {
    let city = |sky, moon, river| Scene::City { sky, moon, river };
    let balls = |count, colours| Scene::Spheres { count, colours };
    let planet = |colours, ring, moons, nebula| Scene::Planet { colours, ring, moons, nebula };
    let shapes = |colours, waves| Scene::Abstract { colours, waves };
    let ochre = [0x1d_3557, 0xcc_8b2c, 0x45_7b9d, 0xf1_e3c4];
    let red = [0xee_e6d8, 0xc8_2a1e, 0x1a_1a1a, 0x7a_7f85];
    let pastel = [0xd9_f0dc, 0xf3_b8cc, 0x8f_cfae, 0xf9_e1ea];
    let blues = [0xd6_e6f5, 0x7f_aad8, 0x5b_7fb5, 0xee_f4fb];
    vec![
        Prompt::new(
            "A city skyline at night under a full moon",
            CITY,
            city(Sky::Night, true, false),
        ),
        Prompt::new("A city skyline just after sunset", CITY, city(Sky::Dusk, false, false)),
        Prompt::new("A city on a hazy morning", CITY, city(Sky::Dawn, false, false)),
        Prompt::new(
            "The lights of a city at night, seen across a river",
            CITY,
            city(Sky::Night, false, true),
        ),
        Prompt::new(
            "Six shiny balls in bright colours on a chequered floor",
            OBJECTS,
            balls(6, PRIMARY),
        ),
        Prompt::new("Four red balls on a chequered floor", OBJECTS, balls(4, RED))
            .misread(balls(5, PRIMARY)),
        Prompt::new("Nine balls in different colours, tidily arranged", OBJECTS, balls(9, MIXED)),
        Prompt::new(
            "A ringed planet with two moons",
            SPACE,
            planet([0xd8_b27a, 0x9c_6b3f], true, 2, false),
        )
        .misread(planet([0xd8_b27a, 0x9c_6b3f], true, 4, false))
        .format("png"),
        Prompt::new(
            "A blue planet before a violet nebula",
            SPACE,
            planet([0x2a_6db0, 0xf2_f5f7], false, 0, true),
        ),
        Prompt::new(
            "A red desert planet with one small moon",
            SPACE,
            planet([0xb8_5433, 0xe0_9a6a], false, 1, false),
        )
        .format("webp"),
        Prompt::new("An abstract composition in blue and ochre", ABSTRACT, shapes(ochre, false))
            .format("png"),
        Prompt::new(
            "Red and black shapes on cream, strictly geometric",
            ABSTRACT,
            shapes(red, false),
        )
        .format("webp"),
        Prompt::new("Soft waves in pale green and pink", ABSTRACT, shapes(pastel, true))
            .misread(shapes(blues, true)),
    ]
}
