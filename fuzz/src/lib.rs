//! The checks that the fuzz targets make. They stand with the tests of the main package, where ordinary tests make them
//! too.

#[path = "../../tests/it/checks/mod.rs"]
pub mod checks;
