#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    bcoin_fuzz::checks::sound_connect(data);
});
