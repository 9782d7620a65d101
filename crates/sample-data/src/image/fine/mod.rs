//! The finer renderer: light, air, textures, reflections, and edges without steps.

mod buildings;
mod city;
mod flowers;
mod land;
mod pattern;
mod sky;
mod space;
mod spheres;
mod things;
mod trees;

use crate::image::canvas::{Canvas, Rgb};
use crate::image::noise::noise;
use crate::image::scene::{Landscape, Scene};
use crate::random::Random;

/// Draws a scene; the seed decides on what the scene leaves open.
pub fn draw(scene: &Scene, width: usize, height: usize, seed: u64) -> Canvas {
    let mut canvas = Canvas::new(width, height);
    match scene {
        Scene::Landscape(landscape) => draw_landscape(&mut canvas, landscape, seed),
        Scene::City { sky, moon, river } => city::draw(&mut canvas, *sky, *moon, *river, seed),
        Scene::Spheres { count, colours } => spheres::draw(&mut canvas, *count, colours, seed),
        Scene::Planet { colours, ring, moons, nebula } => {
            let colours = colours.map(Rgb::hex);
            space::draw(&mut canvas, colours, *ring, *moons, *nebula, seed);
        }
        Scene::Abstract { colours, waves } => {
            pattern::draw(&mut canvas, colours.map(Rgb::hex), *waves, seed);
        }
    }
    canvas
}

fn draw_landscape(canvas: &mut Canvas, landscape: &Landscape, seed: u64) {
    let mut random = Random::new(seed);
    let sun_x = canvas.aspect() * random.between(0.22, 0.78);
    sky::draw(canvas, landscape, sun_x, seed);
    land::draw_far(canvas, landscape, sun_x, seed);
    things::draw_airborne(canvas, landscape, &mut random);
    land::draw_ground(canvas, landscape, sun_x, seed);
    things::draw_standing(canvas, landscape, &mut random, seed);
    finish(canvas, seed);
}

/// A slight vignette and grain, as a lens and film give.
fn finish(canvas: &mut Canvas, seed: u64) {
    let (aspect, height) = (canvas.aspect(), canvas.height as f32);
    canvas.paint(canvas.whole(), |x, y, old| {
        let (dx, dy) = (x / aspect - 0.5, y - 0.5);
        let grain = 0.012 * (noise(x * height * 0.9, y * height * 0.9, seed) - 0.5);
        let dim = 1.0 - 0.28 * (dx * dx + dy * dy);
        Rgb(old.0.map(|channel| channel * dim + grain))
    });
}
