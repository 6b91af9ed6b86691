//! The service that Avahi announces (avahi.service(5)).

use p1_tcp::config::{Mode, Settings};

/// Where p1-tcp is to be found; nothing where it can be reached from nowhere else.
pub fn service(daemon: &Settings) -> Option<String> {
    let content = match daemon.telegram.mode {
        Mode::Telegram => "telegrams",
        Mode::Raw => "bytes",
    };
    let text = format!(
        "<?xml version=\"1.0\" standalone=\"no\"?>\n\
         <!DOCTYPE service-group SYSTEM \"avahi-service.dtd\">\n\
         <service-group>\n\
         \x20 <name replace-wildcards=\"yes\">Smart meter on %h</name>\n\
         \x20 <service>\n\
         \x20   <type>_p1-tcp._tcp</type>\n\
         \x20   <port>{port}</port>\n\
         \x20   <txt-record>txtvers=1</txt-record>\n\
         \x20   <txt-record>version={version}</txt-record>\n\
         \x20   <txt-record>content={content}</txt-record>\n\
         \x20 </service>\n\
         </service-group>\n",
        port = daemon.tcp.port,
        version = env!("CARGO_PKG_VERSION"),
    );
    (!daemon.tcp.bind.is_loopback()).then_some(text)
}
