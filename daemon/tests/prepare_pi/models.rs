//! What each model needs, and what it is left with.

use super::pi::{Pi, added};

#[test]
fn each_model_gets_what_it_needs() {
    let bluetooth: &[&str] = &["enable_uart=1", "dtoverlay=disable-bt"];
    for (model, lines) in [
        ("Model B Plus Rev 1.2", &[][..]),
        ("Compute Module Rev 1.0", &["enable_uart=1"]),
        ("2 Model B Rev 1.1", &[]),
        ("Zero Rev 1.3", &[]),
        ("Zero W Rev 1.1", bluetooth),
        ("Zero 2 W Rev 1.0", bluetooth),
        ("3 Model A Plus Rev 1.0", bluetooth),
        ("3 Model B Plus Rev 1.3", bluetooth),
        ("Compute Module 3 Plus Rev 1.0", &["enable_uart=1"]),
        ("4 Model B Rev 1.4", bluetooth),
        ("400 Rev 1.0", bluetooth),
        ("Compute Module 4 Rev 1.0", bluetooth),
        ("5 Model B Rev 1.0", &["dtparam=uart0=on"]),
        ("500 Rev 1.0", &["dtparam=uart0=on"]),
        ("Compute Module 5 Rev 1.0", &["dtparam=uart0=on"]),
    ] {
        let pi = Pi::with("bookworm");
        pi.is(&format!("Raspberry Pi {model}"));
        let before = pi.read_boot("config.txt");
        pi.prepare(&[]).done();
        let config = pi.read_boot("config.txt");
        assert_eq!(added(&config), lines, "{model}");
        assert_eq!(config == before, lines.is_empty(), "{model}");
        // The console has to go on any.
        assert!(!pi.read_boot("cmdline.txt").contains("serial0"), "{model}");
    }
}

#[test]
fn bluetooth_on_the_mini_uart_needs_a_steady_clock() {
    let wished = |config: &str| {
        let pi = Pi::with("bookworm");
        pi.write_boot("config.txt", config);
        pi.prepare(&["--overlay", "miniuart-bt"]).done();
        added(&pi.read_boot("config.txt")).join(" ")
    };
    let clock = "core_freq=250 core_freq_min=250";
    assert_eq!(wished(""), format!("enable_uart=1 dtoverlay=miniuart-bt {clock}"));
    assert_eq!(wished("core_freq=500\n"), format!("enable_uart=1 dtoverlay=miniuart-bt {clock}"));
    let enough = "enable_uart=1 dtoverlay=miniuart-bt";
    assert_eq!(wished("core_freq=500\ncore_freq_min=500\n"), enough);
    assert_eq!(wished("force_turbo=1\n"), enough);
    assert_eq!(wished("[pi4]\nforce_turbo=1\n"), format!("[all] {enough} {clock}"));
}

#[test]
fn a_pi_5_that_has_it_is_left_alone() {
    for config in [
        "dtparam=uart0=on\n",
        "dtparam=uart0\n",
        "dtparam=audio=on,uart0=on\n",
        "[pi5]\ndtparam=uart0_console\n",
        "dtoverlay=uart0-pi5\n",
        "[pi4]\ndtparam=uart0=off\n[all]\ndevice_tree_param=uart0=on\n",
    ] {
        let pi = Pi::with("bookworm");
        pi.is("Raspberry Pi 5 Model B Rev 1.0");
        pi.write_boot("config.txt", config);
        pi.prepare(&[]).done();
        assert_eq!(pi.read_boot("config.txt"), config);
    }
    for config in
        ["dtparam=uart0=on\ndtparam=uart0=off\n", "[pi4]\ndtparam=uart0=on\n", "dtparam=uart1=on\n"]
    {
        let pi = Pi::with("bookworm");
        pi.is("Raspberry Pi 5 Model B Rev 1.0");
        pi.write_boot("config.txt", config);
        pi.prepare(&[]).done();
        assert!(added(&pi.read_boot("config.txt")).contains(&"dtparam=uart0=on"), "{config}");
    }
}
