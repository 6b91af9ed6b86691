//! Any bytes at all in a configuration: settings that read back as themselves, or mistakes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use p1_tcp::config::parse;

fuzz_target!(|bytes: &[u8]| {
    match parse(bytes) {
        Ok(settings) => {
            let written = settings.to_string();
            assert_eq!(parse(written.as_bytes()), Ok(settings));
        }
        Err(mistakes) => assert!(!mistakes.is_empty()),
    }
});
