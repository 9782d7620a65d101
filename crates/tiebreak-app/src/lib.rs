//! The use cases.

pub mod view;

#[cfg(test)]
mod bindings;
